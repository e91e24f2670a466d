import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { lockFolder } from "./folder-lock.ts";
import { openSource, readScores } from "./index.ts";
import { segmentOf, segmentParts } from "./score-segment.ts";
import { openScoreStore } from "./score-store.ts";

const folder = mkdtempSync(join(tmpdir(), "unseen-store-"));
afterAll(() => rmSync(folder, { recursive: true }));

test.each([1, 2, 63, 64, 4096, 70_001])(
  "a segment of %i rows is a Parquet file that DuckDB reads, bit by bit",
  async (rows) => {
    const scores = Float64Array.from({ length: rows }, (_, i) => (i % 7 === 0 ? 5e-324 * i : Math.sqrt(i) * 1e150));
    const pValues = Float64Array.from({ length: rows }, (_, i) => 1 / (i + 1));
    for (const classes of [new Float64Array(0), Float64Array.from(scores, (_, i) => i % 5)]) {
      const classed = classes.length > 0;
      const file = Buffer.concat(segmentParts({ scores, pValues, classes }));
      expect(segmentOf(file, rows, classed)).toEqual({ scores, pValues, classes });
      const path = join(folder, "segment.parquet");
      writeFileSync(path, file);
      using source = await openSource(path);
      expect(await source.countRows()).toBe(rows);
      const names = ["score", "p_value", ...(classed ? ["class"] : [])];
      const { columns } = await source.read(names.map((name) => ({ name, as: "number" as const })));
      expect(columns.map(({ values }) => values)).toEqual([scores, pValues, ...(classed ? [classes] : [])]);
    }
  },
);

test("append in any pieces, read in any segments: the rows come back as they went in", async () => {
  const pieces = fc.array(fc.nat(20), { maxLength: 12 });
  const property = fc.asyncProperty(
    pieces,
    fc.integer({ min: 1, max: 30 }),
    fc.boolean(),
    fc.boolean(),
    async (sizes, segmentRows, labelled, classed) => {
      const place = mkdtempSync(join(folder, "law-"));
      const rows = sizes.reduce((a, b) => a + b, 0);
      const all = Float64Array.from({ length: rows }, (_, i) => i + 0.5);
      const store = openScoreStore({ folder: place, segmentRows, labelled, classed });
      let at = 0;
      for (const size of sizes) {
        const part = all.slice(at, at + size);
        await store.append(
          part,
          part.map((x) => 1 / x),
          labelled ? Uint8Array.from(part, (x) => Math.floor(x) % 2) : undefined,
          classed ? part.map((x) => Math.floor(x) % 3) : undefined,
        );
        at += size;
      }
      const labels: number[] = [];
      for await (const segment of store.segments()) {
        expect(segment.scores.length).toBeLessThanOrEqual(segmentRows);
        labels.push(...segment.labels);
      }
      expect(labels).toEqual(labelled ? Array.from(all, (x) => Math.floor(x) % 2) : []);
      expect(await readScores(store, "scores")).toEqual(all);
      expect(await readScores(store, "pValues")).toEqual(all.map((x) => 1 / x));
      if (classed) expect(await readScores(store, "classes")).toEqual(all.map((x) => Math.floor(x) % 3));
      expect([store.rows, (await store.files()).length]).toEqual([rows, Math.ceil(rows / segmentRows)]);
      rmSync(place, { recursive: true });
    },
  );
  await fc.assert(property, { numRuns: 40 });
});

test("a stored segment that was changed is refused, not read", async () => {
  const place = join(folder, "damaged");
  const store = openScoreStore({ folder: place, segmentRows: 4 });
  await store.append(new Float64Array(8), new Float64Array(8));
  const [first] = await store.files();
  const bytes = readFileSync(first);
  bytes[60] ^= 1;
  writeFileSync(first, bytes);
  await expect(readScores(store, "scores")).rejects.toThrow(/expected the scores written there, got others/);
});

test("one taker has a lock; one that a process left behind is taken over by one", async () => {
  const place = join(folder, "locked");
  mkdirSync(place);
  const takers = await Promise.all(Array.from({ length: 20 }, () => lockFolder(place)));
  const releases = takers.filter((taker) => typeof taker === "function");
  expect(releases.length).toBe(1);
  expect(takers.filter((taker) => typeof taker !== "function" && taker.heldBy === process.pid).length).toBeGreaterThan(
    0,
  );
  await releases[0]();
  for (let round = 2; round < 200; round += 2) {
    const gone = JSON.stringify({ pid: 2 ** 22 + round, started: null, id: "" });
    writeFileSync(join(place, `lock-${round}`), gone);
    const again = await Promise.all(Array.from({ length: 8 }, () => lockFolder(place)));
    const winners = again.filter((taker) => typeof taker === "function");
    expect(winners.length).toBe(1);
    expect(readdirSync(place)).toEqual([`lock-${round + 1}`]);
    await winners[0]();
  }
});

test("takers, holders and those who give back, all at once: never two hold it", async () => {
  const place = join(folder, "busy");
  mkdirSync(place);
  let [holding, most, taken] = [0, 0, 0];
  const worker = async () => {
    for (let turn = 0; turn < 60; turn++) {
      const lock = await lockFolder(place);
      if (typeof lock !== "function") continue;
      most = Math.max(most, ++holding);
      taken++;
      await new Promise((resolve) => setImmediate(resolve));
      holding--;
      await lock();
    }
  };
  await Promise.all(Array.from({ length: 8 }, worker));
  expect([most, taken > 8]).toEqual([1, true]);
});
