import { describe, expect, test } from "vitest";
import { orders, timestamps } from "../../test/portable/orders.ts";
import { InputError } from "../errors/index.ts";
import { evaluate, ndArray, openGraph } from "../graph/index.ts";
import { key, normal } from "../numeric/index.ts";
import { type FitOptions, fit } from "./fit.ts";
import { readModelFile } from "./load.ts";
import { load } from "./model.ts";

const quick = { key: 7, detector: "mahalanobis", workers: 0 } as const;
const fresh = orders(2, 200, true);

/** Rows of sessions of unequal size, each with a level of its own. */
function sessions(count: number, rows: number, name = "sessions") {
  const z = normal(key(name));
  const session = Array.from({ length: rows }, (_, row) => Math.floor(count * (row / rows) ** 1.5));
  const levels = Array.from({ length: count }, () => 3 * z());
  const around = () => Float64Array.from(session, (s) => levels[s] + z());
  return { session: session.map((s) => `s${s}`), a: around(), b: around() };
}
const { a, b } = sessions(40, 2000, "new");

const refusal = async (columns: Parameters<typeof fit>[0], options: Partial<FitOptions>) => {
  const error = await fit(columns, { ...quick, ...options }).then(
    (model) => model[Symbol.dispose](),
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(InputError);
  return (error as InputError).message;
};

describe("--group", () => {
  test("whole groups calibrate, the column is left aside, and the model says so", async () => {
    using model = await fit(sessions(30, 900), { ...quick, group: "session" });
    const { calibration, columns, ignored } = model.manifest;
    expect(calibration).toEqual({
      method: "cross",
      rows: 900,
      by: { kind: "groups", column: "session" },
      units: 30,
      learned: 900,
      warnings: [],
    });
    expect(columns.map(({ name }) => name)).toEqual(["a", "b"]);
    expect(ignored.find(({ name }) => name === "session")?.reason).toBe("what rows hang together by");
    expect(model.calibration).toMatchObject({ n: 30, unit: "groups" });
    using split = await fit(sessions(30, 900), { ...quick, group: "session", calibration: "split" });
    expect(split.manifest.calibration).toMatchObject({ method: "split", units: 6 });
    const { learned, rows } = split.manifest.calibration;
    expect(learned + rows).toBe(900);
  });

  test("save → load: the same p-values, ties at random included, and the same guarantee", async () => {
    using model = await fit(sessions(30, 900), { ...quick, group: "session" });
    using loaded = await load(model.bytes);
    expect(loaded.calibration).toEqual(model.calibration);
    for (const options of [{ falseAlarmRate: 0.1 }, { falseAlarmRate: 0.1, ties: "random", key: 3 } as const]) {
      const [before, after] = [await model.score({ a, b }, options), await loaded.score({ a, b }, options)];
      expect(after).toEqual(before);
      expect(before.pValues.every((p) => p >= 1 / 31 && p <= 1)).toBe(true);
    }
    expect((await model.score({ a, b })).guarantee[0]).toContain(
      "new groups, which come from the same source as the 30 calibration groups",
    );
  });

  test("the p-values of the graph = the interpreter's, and ONNX Runtime's", async () => {
    using model = await fit(sessions(30, 900), { ...quick, group: "session" });
    const { score, pValue, runnable } = await readModelFile(model.bytes);
    const feeds = { a: ndArray("float64", [2000], a), b: ndArray("float64", [2000], b) };
    const { p } = evaluate({ p: pValue }, feeds);
    using session = await openGraph({ score, p: pValue });
    const ran = await session.run(feeds);
    expect(runnable.length).toBeGreaterThan(0);
    const { pValues } = await model.score({ a, b });
    expect(ran["p"].data).toEqual(pValues);
    expect((p.data as Float64Array).filter((x, i) => x !== pValues[i]).length).toBeLessThan(5); // last places of scores
  });

  test("new sessions are flagged as promised; calibrated on single rows they are flagged more often", async () => {
    const share = async (group: string | undefined) => {
      const shares: number[] = [];
      for (let i = 0; i < 12; i++) {
        const options = { ...quick, group, ignore: group ? [] : ["session"], calibration: "split" } as const;
        using model = await fit(sessions(200, 1200, `old ${i}`), options);
        const { session, ...columns } = sessions(200, 1200, `fresh ${i}`);
        const { pValues } = await model.score(columns, { falseAlarmRate: 0.05 });
        for (const name of new Set(session)) {
          const rows = [...session.keys()].filter((row) => session[row] === name);
          shares.push(rows.filter((row) => pValues[row] <= 0.05).length / rows.length);
        }
      }
      return shares.reduce((a, b) => a + b, 0) / shares.length;
    };
    const [grouped, single] = [await share("session"), await share(undefined)];
    expect(grouped).toBeLessThan(0.06); // 12 draws of 40 calibration groups: 0.05 ± 0.004
    expect(single).toBeGreaterThan(grouped);
  });

  test("a column that the user forces is learned from as well", async () => {
    using model = await fit(sessions(30, 900), { ...quick, group: "session", columns: { session: "category" } });
    expect(model.manifest.columns.map(({ name }) => name)).toEqual(["session", "a", "b"]);
    expect(model.manifest.calibration).toMatchObject({ units: 30 });
  });

  test("numbers name groups too: a mote's number", async () => {
    const { a, b, session } = sessions(4, 300);
    const mote = session.map((name) => Number(name.slice(1)));
    using model = await fit({ mote, a, b }, { ...quick, group: "mote" });
    expect(model.manifest.calibration).toMatchObject({ units: 4, by: { kind: "groups", column: "mote" } });
    await expect(model.score({ a, b }, { falseAlarmRate: 0.01 })).rejects.toThrow(
      "score: --false-alarm-rate: 0.01 is below 1/(4 + 1) = 0.2, the smallest p-value that 4 calibration groups can resolve; " +
        "use at least 99 calibration groups (more groups of normal rows, or fit with --calibration cross, where every group calibrates) or --false-alarm-rate 0.2 or more",
    );
    expect((await model.score({ a, b })).threshold).toBe(0.2);
  });

  test("what needs independent rows is refused", async () => {
    using model = await fit(sessions(30, 900), { ...quick, group: "session", calibration: "split" });
    await expect(model.score({ a, b }, { confidence: 0.9 })).rejects.toThrow(
      "score: --confidence: needs rows that are independent of each other, and these were calibrated by groups (--group at fit); drop --confidence",
    );
    await expect(model.score({ a, b }, { falseDiscoveryRate: 0.5, procedure: "storey" })).rejects.toThrow(
      "storey's estimate needs rows that are independent of each other",
    );
  });

  test("missing groups, one group, unknown columns, and --time beside it are refused by name", async () => {
    const { session, ...rest } = sessions(5, 60);
    const some = session.map((name, row) => (row === 7 || row === 9 ? null : name));
    expect(await refusal({ session: some, ...rest }, { group: "session" })).toBe(
      `fit: --group: column "session": 2 of 60 values are missing, first in row 8; drop such rows with --where '"session" is not null', or fill them in with --sql`,
    );
    expect(await refusal({ session: session.map(() => "one"), ...rest }, { group: "session" })).toContain(
      'fit: --group: column "session": expected at least 2 groups',
    );
    expect(await refusal({ session, ...rest }, { group: "sesion" })).toBe(
      'fit: --group: expected the name of a column, got "sesion"; did you mean "session"?',
    );
    expect(await refusal({ session, ...rest }, { group: "session", time: "a" })).toContain(
      "fit: expected --group or --time, got both; pass --time where new rows come later",
    );
  });

  test("a file whose manifest says rows where its graph holds groups is refused", async () => {
    using model = await fit(sessions(30, 900), { ...quick, group: "session" });
    const text = Buffer.from(model.bytes).toString("latin1");
    const damaged = text.replace('"by":{"kind":"groups"', '"by":{"kind":"time"  ');
    expect(damaged).not.toBe(text);
    await expect(load(Buffer.from(damaged, "latin1"))).rejects.toThrow(
      "holds other calibration rows than its manifest says",
    );
  });
});

describe("--time", () => {
  const times = (rows: number) => Float64Array.from({ length: rows }, (_, i) => (i * 7919) % rows);

  test.each([
    ["numbers", (t: number): unknown => t],
    ["times", (t: number): unknown => new Date(1.7e12 + t * 1000)],
    ["texts that spell times", (t: number): unknown => new Date(1.7e12 + t * 1000).toISOString()],
  ])("%s: the later rows calibrate, and the column is left aside", async (_, form) => {
    const t = Array.from(times(1000), form);
    using model = await fit({ ...orders(1, 1000), t }, { ...quick, time: "t", calibration: "split" });
    expect(model.manifest.calibration).toEqual({
      method: "split",
      rows: 200,
      by: { kind: "time", column: "t" },
      units: 200,
      learned: 800,
      warnings: [],
    });
    expect(model.manifest.columns.some(({ name }) => name === "t")).toBe(false);
    expect(model.calibration.unit).toBe("time");
    const { guarantee } = await model.score(fresh);
    expect(guarantee[0]).toContain(
      "the rows to come are to those learned from as the last rows were to those before them",
    );
    expect(guarantee.join(" ")).not.toContain("with confidence 95 %");
  });

  test("without more said: forward in blocks over the later half, and then all rows are learned from", async () => {
    using model = await fit({ ...orders(1, 300), t: times(300) }, { ...quick, time: "t" });
    expect(model.manifest.calibration).toMatchObject({ method: "cross", rows: 150, units: 150, learned: 300 });
    using loaded = await load(model.bytes);
    expect(loaded.calibration).toEqual(model.calibration);
  });

  test("a drift that goes on: later rows are flagged about as promised, and several times as often otherwise", async () => {
    const drawn = (from: number, rows: number) => {
      const z = normal(key("slow").for(from));
      const t = Float64Array.from({ length: rows }, (_, i) => from + i);
      return { t, x: t.map((at) => z() + at / 400), y: t.map(() => z()) };
    };
    const [old, next] = [drawn(0, 4000), drawn(4000, 400)];
    const share = async (options: Partial<FitOptions>) => {
      using model = await fit(old, { ...quick, ...options });
      return (await model.score({ x: next.x, y: next.y })).pValues.filter((p) => p <= 0.05).length / 400;
    };
    const [forward, plain] = [await share({ time: "t" }), await share({ ignore: ["t"] })];
    expect(forward).toBeLessThan(0.1);
    expect(plain).toBeGreaterThan(0.15);
    expect(await share({ time: "t", calibration: "split" })).toBeGreaterThan(0.15); // one block too far from what was learned
  });

  test("scores that rise within the calibration rows are told of", async () => {
    const z = normal(key("fast"));
    const t = Float64Array.from({ length: 2000 }, (_, i) => i);
    const columns = { t, x: t.map((at) => z() + at / 100) };
    using model = await fit(columns, { ...quick, time: "t", calibration: "split" });
    expect(model.manifest.calibration.warnings.join()).toContain("scores rise within the calibration rows already");
  });

  test("text, booleans, equal times, missing times and integers past 2^53 are refused by name with a remedy", async () => {
    const columns = orders(1, 60);
    const message = async (t: readonly unknown[]) => refusal({ ...columns, t }, { time: "t" });
    const rows = [...Array(60).keys()];
    expect(await message(rows.map((i) => ["Mon", "Tue"][i % 2]))).toBe(
      'fit: --time: column "t": expected numbers or times such as 2024-01-31 10:20:30, got text ("Mon", "Tue"); convert it with --sql, or name another column',
    );
    expect(await message(rows.map((i) => i % 2 === 0))).toContain("got booleans");
    expect(await message(rows.map(() => 5))).toContain("expected at least two different times, got 5 in all 60 rows");
    expect(await message(rows.map((i) => (i === 3 ? null : i)))).toContain("1 of 60 values is missing, first in row 4");
    expect(await message(rows.map((i) => 1_700_000_000_000_000_000n + BigInt(i)))).toContain(
      `got integers past 2^53; make seconds of them: --sql 'select * replace ("t" / 1e9 as "t") from input'`,
    );
    expect(await refusal(columns, { time: "amounts" })).toContain('did you mean "amount"?');
  });
});

test("orders have times: they are left aside without --column, and used with it", async () => {
  using aside = await fit(orders(1, 100), { ...quick, columns: timestamps });
  expect(aside.manifest.calibration.by).toBeNull();
});
