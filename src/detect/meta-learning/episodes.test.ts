import { describe, expect, test } from "vitest";
import { key } from "../../numeric/index.ts";
import { drawEpisode, drawn, outerBatches, outerHalf, type Places } from "./episodes.ts";

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
const places = (normal: number, ...sizes: number[]): Places => {
  let at = normal;
  return {
    normal: range(0, normal),
    classes: sizes.map((size) => {
      at += size;
      return range(at - size, at);
    }),
  };
};
const classOf = ({ classes }: Places, place: number) => classes.findIndex((own) => own.includes(place));

describe("drawEpisode", () => {
  const many = places(3000, 400, 300, 200, 150, 120, 110);

  test("two classes are known, three others play the unknown; 100 rows of each, as many normal rows", () => {
    for (let i = 0; i < 20; i++) {
      const { inner, outer } = drawEpisode(many, "code", key(i));
      const known = new Set(inner.filter((place) => place >= 3000).map((place) => classOf(many, place)));
      const unknown = new Set(outer.anomalous.map((place) => classOf(many, place)));
      expect([known.size, unknown.size, outer.anomalous.length, outer.normal.length]).toEqual([2, 3, 300, 300]);
      expect([...known].filter((name) => unknown.has(name))).toEqual([]);
      const anomalous = inner.filter((place) => place >= 3000).length;
      expect(inner.length - anomalous).toBe(Math.max(1000, anomalous));
    }
  });

  test("every class is known and unknown in time", () => {
    const seen = range(0, 40).map((i) => drawEpisode(many, "code", key(i)));
    expect(new Set(seen.flatMap(({ outer }) => outer.anomalous.map((place) => classOf(many, place)))).size).toBe(6);
  });

  test("at most 2,500 rows of a known class, and as many normal ones, again where they are fewer", () => {
    const { inner } = drawEpisode(places(1500, 4000, 4000), "code", key(1));
    const normal = inner.filter((place) => place < 1500);
    expect([inner.length, normal.length, new Set(normal).size]).toEqual([5000, 2500, 1500]);
  });

  test.each([
    [2, 1],
    [3, 1],
    [4, 2],
  ])("of %i classes %i play the unknown", (count, unknown) => {
    const few = places(50, ...new Array<number>(count).fill(20));
    const { outer } = drawEpisode(few, "code", key(2));
    expect(new Set(outer.anomalous.map((place) => classOf(few, place))).size).toBe(unknown);
  });

  test("paper: the inner loop has all normal rows and no others", () => {
    expect(drawEpisode(many, "paper", key(1)).inner).toEqual(many.normal);
  });
});

test("drawn: none twice unless there are fewer, then each as often as another or once more", () => {
  expect(new Set(drawn(range(0, 10), 7, key(1))).size).toBe(7);
  const often = drawn(range(0, 10), 23, key(1));
  const counts = range(0, 10).map((place) => often.filter((other) => other === place).length);
  expect([often.length, Math.min(...counts), Math.max(...counts)]).toEqual([23, 2, 3]);
});

describe("outerBatches", () => {
  const episode = (normal: number, anomalous: number) => ({
    inner: [],
    outer: { normal: range(0, normal), anomalous: range(1000, 1000 + anomalous) },
  });

  test("five passes of batches of 64 + 64, incomplete ones left out", () => {
    const all = outerBatches(episode(300, 300), 64, 9999, key(1));
    expect(all.length).toBe(20);
    for (const batch of all) {
      const rows = [...batch].map(Number);
      expect(rows.filter((row) => row < 1000).length).toBe(64);
      expect(new Set(rows).size).toBe(128);
    }
    const pass = new Set(all.slice(0, 4).flatMap((batch) => [...batch]));
    expect(pass.size).toBe(512); // no row twice in a pass
  });

  test("with fewer rows, one batch of all of them a pass, filled up", () => {
    const all = outerBatches(episode(20, 20), 64, 9999, key(1));
    expect(all.length).toBe(5);
    for (const batch of all) {
      expect(batch.filter((row) => row === 9999n).length).toBe(88);
      expect(new Set(batch).size).toBe(41);
    }
  });

  test("batches are no larger than there can be rows", () => {
    expect([outerHalf(places(50, 5, 5)), outerHalf(places(50, 5, 6, 7)), outerHalf(places(500, 200, 200))]).toEqual([
      5, 7, 64,
    ]);
  });
});
