import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openSource } from "../data/index.ts";
import { InputError, Interrupted } from "../errors/index.ts";
import { key, normal, uniform } from "../numeric/index.ts";
import type { FileOptions } from "./file-options.ts";
import { fit } from "./fit.ts";
import { load, type Model } from "./model.ts";

const folder = mkdtempSync(join(tmpdir(), "unseen-resume-"));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);

const rows = 60_000;
const output = at("out.csv");
const spool = at(".out.csv.unseen");
/** Segments of a call each, for a run of any length. */
const small: FileOptions = { output, segmentRows: 1, resumableRows: 0, workers: 0 };
let model: Model;

/** The folder's files but for the inputs and the models. */
const left = () => readdirSync(folder).filter((name) => !/^(in|other)\.|\.onnx$|^out\.csv$/.test(name));

function writeRows(name: string, seed: number): void {
  const z = normal(key(seed));
  const lines = Array.from(
    { length: rows },
    (_, i) => `${i},${z().toFixed(4)},${z().toFixed(4)},${i % 9 ? "fine" : "odd"}`,
  );
  writeFileSync(at(name), `id,a,b,what\n${lines.join("\n")}\n`);
}

beforeAll(async () => {
  writeRows("in.csv", 1);
  const z = normal(key(2));
  const columns = { a: Float64Array.from({ length: 600 }, z), b: Float64Array.from({ length: 600 }, z) };
  model = await fit(columns, { key: 7, detector: "mahalanobis" });
  await model.save(at("model.onnx"));
});
afterAll(() => model[Symbol.dispose]());
beforeEach(() => rmSync(output, { force: true }));

/** Scores until `stopAt` rows are done, then aborts. */
async function interrupted(stopAt: number, options: FileOptions = {}, path = at("in.csv")): Promise<void> {
  const stop = new AbortController();
  const onProgress = ({ rows }: { rows: number }) => {
    if (rows >= stopAt) stop.abort();
  };
  const run = model.score(path, { ...small, ...options, signal: stop.signal, onProgress });
  await expect(run).rejects.toBeInstanceOf(Interrupted);
}

async function whole(options: FileOptions = {}, path = at("in.csv")): Promise<string> {
  await model.score(path, { output: at("out.csv"), ...options });
  const text = readFileSync(output, "utf8");
  rmSync(output);
  return text;
}

describe("however the rows are cut, the output is the same bytes", () => {
  test.each([
    ["segments of a call", { segmentRows: 1 }],
    ["segments of two calls", { segmentRows: 16_384 }],
    ["one segment", { segmentRows: 1_000_000 }],
    ["in worker threads", { segmentRows: 1, workers: 2 }],
  ] as const)("%s", async (_, options) => {
    const expected = await whole();
    expect(await whole({ ...options, resumableRows: 0 })).toBe(expected);
    expect(left()).toEqual([]);
  });

  test.each([
    ["rows by number", { keep: "none" }],
    ["flagged rows", { only: "flagged", falseDiscoveryRate: 0.2 }],
    ["a filter", { where: "id % 3 <> 1" }],
    ["a query", { sql: "select a, b, id, what from input" }],
    ["labels", { label: "what", normal: "fine" }],
    ["random ties", { ties: "random", key: 3, confidence: 0.9, falseAlarmRate: 0.1 }],
  ] as const)("interrupted and gone on with: %s", async (_, options: FileOptions) => {
    const expected = await whole(options);
    await interrupted(20_000, options);
    expect(existsSync(spool)).toBe(true);
    const seen: number[] = [];
    const summary = await model.score(at("in.csv"), {
      ...small,
      ...options,
      onProgress: ({ rows }) => seen.push(rows),
    });
    expect(readFileSync(output, "utf8")).toBe(expected);
    expect(summary.resumedFrom).toBeGreaterThan(8192);
    expect(seen[0]).toBe(summary.resumedFrom! - 1);
    const fresh = await model.score(at("in.csv"), { ...options, output });
    expect({ ...summary, resumedFrom: null }).toEqual(fresh);
    expect(left()).toEqual([]);
  });

  test("interrupted again and again", async () => {
    const expected = await whole();
    for (let stop = 9000; stop < rows; stop += 9000) await interrupted(stop);
    const summary = await model.score(at("in.csv"), small);
    expect(summary.resumedFrom).toBeGreaterThanOrEqual(49_153);
    expect(readFileSync(output, "utf8")).toBe(expected);
  });

  test("another rate and other columns may be asked for when going on", async () => {
    const options = { falseDiscoveryRate: 0.3, keep: ["b"], prefix: "u_" };
    const expected = await whole(options);
    await interrupted(30_000);
    expect((await model.score(at("in.csv"), { ...small, ...options })).resumedFrom).not.toBeNull();
    expect(readFileSync(output, "utf8")).toBe(expected);
  });
});

describe("what an interrupted run left is not used, and it says why,", () => {
  test.each<readonly [string, () => void, FileOptions, RegExp]>([
    ["when the input was changed", () => writeRows("in.csv", 1), {}, /changed since the interrupted run: the input$/],
    ["when the input was touched", () => utimesSync(at("in.csv"), 5, 5), {}, /: the input$/],
    ["with another condition", () => {}, { where: "id >= 0" }, /: --where$/],
    ["with another query", () => {}, { sql: "select a, b from input" }, /: --sql$/],
    ["with further missing values", () => {}, { missing: ["-"] }, /: --missing$/],
    ["with a label", () => {}, { label: "what", normal: "fine" }, /: --label, --normal$/],
    ["with random ties", () => {}, { ties: "random", key: 1 }, /: --ties$/],
    [
      "when a segment was damaged",
      () => {
        const bytes = readFileSync(join(spool, "scores-000001.parquet"));
        bytes[5000] ^= 1;
        writeFileSync(join(spool, "scores-000001.parquet"), bytes);
      },
      {},
      /are damaged$/,
    ],
    ["when a segment is gone", () => rmSync(join(spool, "scores-000000.parquet")), {}, /are damaged$/],
    ["when its state is cut off", () => writeFileSync(join(spool, "state.json"), "{"), {}, /damaged or of another/],
  ])("%s", async (_, change, options, why) => {
    await interrupted(30_000);
    change();
    const summary = await model.score(at("in.csv"), { ...small, ...options });
    expect(summary.startedOver).toMatch(why);
    expect(summary.resumedFrom).toBeNull();
    const text = readFileSync(output, "utf8");
    expect(text).toBe(await whole(options));
    expect(left()).toEqual([]);
  });

  test("with another model", async () => {
    await interrupted(30_000);
    using other = await fit(at("in.csv"), { key: 8, detector: "mahalanobis", ignore: ["id", "what"] });
    expect((await other.score(at("in.csv"), small)).startedOver).toMatch(/: the model$/);
  });

  test("when the rows of a query come in another order", async () => {
    // The order of these rows is that of a random draw, in each process and source anew.
    const sql = "select * from input order by random()";
    await interrupted(30_000, { sql });
    const summary = await model.score(at("in.csv"), { ...small, sql });
    expect([summary.startedOver, summary.rows]).toEqual([expect.stringMatching(/--sql came in another order/), rows]);
    await idsOnce();
  });
});

/** Every row of the input is in the output once, with the score that it has alone. */
async function idsOnce(): Promise<void> {
  using source = await openSource(output);
  const names = ["id", "a", "b", "score"];
  const { columns } = await source.read(names.map((name) => ({ name, as: "number" as const })));
  const [id, a, b, score] = columns.map(({ values }) => values as Float64Array);
  expect(new Set(id).size).toBe(rows);
  expect(id.length).toBe(rows);
  const direct = await model.score({ a, b });
  score.forEach((value, i) => {
    if (Math.abs(value - direct.scores[i]) > 1e-9) throw new Error(`row ${i}: ${value}, ${direct.scores[i]}`);
  });
}

test("a run that fails for its input leaves nothing", async () => {
  const lines = readFileSync(at("in.csv"), "utf8").split("\n");
  lines[50_000] = "49999,n.d.,0,fine";
  writeFileSync(at("other.csv"), lines.join("\n"));
  const error = await model.score(at("other.csv"), small).catch((e) => e);
  expect(error).toBeInstanceOf(InputError);
  expect(error.message).toContain('column "a": row 50000: expected a number, got "n.d."');
  expect([left(), existsSync(output)]).toEqual([[], false]);
});

test("a run interrupted before its first segment leaves nothing", async () => {
  await interrupted(0);
  expect(left()).toEqual([]);
});

test("a short run keeps its scores to itself", async () => {
  const stop = new AbortController();
  const onProgress = () => {
    expect(existsSync(spool)).toBe(false);
    stop.abort();
  };
  const run = model.score(at("in.csv"), { output, segmentRows: 1, signal: stop.signal, onProgress });
  await expect(run).rejects.toBeInstanceOf(Interrupted);
  expect(left()).toEqual([]);
});

describe("processes", () => {
  const tsx = createRequire(import.meta.url).resolve("tsx");
  const script = at("other.mjs");
  beforeAll(() => {
    const library = fileURLToPath(new URL("./model.ts", import.meta.url));
    writeFileSync(
      script,
      `import { load } from ${JSON.stringify(library)};
const model = await load(${JSON.stringify(at("model.onnx"))});
const onProgress = ({ rows }) => process.stdout.write(rows + "\\n");
await model.score(${JSON.stringify(at("in.csv"))}, { ...${JSON.stringify(small)}, workers: 1, onProgress });
process.stdout.write("done\\n");
`,
    );
  });
  const start = (): ChildProcess =>
    spawn(process.execPath, ["--import", tsx, script], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = async (child: ChildProcess) => {
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    return child.signalCode ?? child.exitCode;
  };
  const progress = (child: ChildProcess, least: number) =>
    new Promise<void>((resolve) => {
      child.stdout!.on("data", (text) => {
        if (
          String(text)
            .split("\n")
            .some((line) => line === "done" || Number(line) >= least)
        )
          resolve();
      });
      child.on("exit", () => resolve());
    });

  test("killed at random moments and started again, no row is lost or doubled, and nothing is left", async () => {
    const expected = await whole();
    const draw = uniform(key(5));
    let [kills, gained] = [0, false];
    for (let run = 0; run < 5; run++) {
      const child = start();
      await progress(child, Math.floor(draw() * 1.2 * rows));
      await new Promise((resolve) => setTimeout(resolve, 60 * draw()));
      child.kill("SIGKILL");
      if ((await ended(child)) === "SIGKILL") kills++;
      if (existsSync(output)) {
        expect(readFileSync(output, "utf8")).toBe(expected);
        rmSync(output);
      }
    }
    const { resumedFrom } = await model.score(at("in.csv"), {
      ...small,
      onProgress: ({ rows }) => (gained ||= rows > 0),
    });
    expect(readFileSync(output, "utf8")).toBe(expected);
    expect([kills > 0, gained, resumedFrom === null || resumedFrom > 1]).toEqual([true, true, true]);
    expect(left()).toEqual([]);
  }, 120_000);

  test("a second process on the same output is refused, and the first goes on", async () => {
    const child = start();
    await progress(child, 1);
    child.kill("SIGSTOP");
    const error = await model.score(at("in.csv"), small).catch((e) => e);
    expect(error).toBeInstanceOf(InputError);
    expect(error.message).toContain(`another unseen score, process ${child.pid}, writes it`);
    expect(existsSync(join(spool, "lock-1"))).toBe(true);
    child.kill("SIGCONT");
    expect(await ended(child)).toBe(0);
    expect(readFileSync(output, "utf8")).toBe(await whole());
  }, 60_000);

  test("two runs in one process do not write the same output", async () => {
    const runs = await Promise.allSettled([model.score(at("in.csv"), small), model.score(at("in.csv"), small)]);
    expect(runs.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    expect(readFileSync(output, "utf8")).toBe(await whole());
  });

  test("the lock of a process that is gone is taken over, and its parts are taken away; those of others stay", async () => {
    const child = start();
    await progress(child, 1);
    child.kill("SIGKILL");
    await ended(child);
    mkdirSync(spool, { recursive: true });
    writeFileSync(join(spool, "lock-7"), JSON.stringify({ pid: child.pid, started: "1", id: "" }));
    const part = (name: string) => {
      const digits = createHash("sha256").update(name).digest("hex").slice(0, 8);
      return at(`.unseen-${child.pid}-${digits}00000000.part`);
    };
    const [dead, others] = [part("out.csv"), part("elsewhere.csv")];
    for (const path of [dead, others]) writeFileSync(path, "");
    await model.score(at("in.csv"), small);
    expect([existsSync(dead), existsSync(others), existsSync(spool)]).toEqual([false, true, false]);
    rmSync(others);
  }, 60_000);
});

test("a file of the model saved and loaded is the same model", async () => {
  await interrupted(30_000);
  using again = await load(at("model.onnx"));
  expect((await again.score(at("in.csv"), small)).resumedFrom).not.toBeNull();
});
