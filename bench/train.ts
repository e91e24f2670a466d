/**
 * How fast networks train, beside PyTorch (eager, fused Adam) on the same machine in the same minutes: the median of
 * training steps, and whole fits from a CSV file to a model file. Runs alternate, each in a fresh process; PyTorch runs
 * with every thread count of --threads and the fastest in each run counts, ours with the count that the library chooses. "ready"
 * is building, compiling and the first step, "memory" how much the resident size grew over as many steps as are timed, once
 * JavaScript's heap has found its size (after the warm-up, and not before three seconds have passed).
 * A Python with PyTorch: UNSEEN_PYTHON, or python3; without one ours is timed alone.
 *
 *   npm run build && tsx bench/train.ts [--cases autoencoder-32,fit-maf] [--runs 5] [--threads 1,2] [--steps 10000]
 *
 * Ours is `bench/train-unseen.ts CASE THREADS STEPS`, THREADS being `auto` or a count. It builds the case's network of
 * `bench/peers/torch_networks.py`, warms up for max(5, STEPS / 10) steps, times STEPS steps one
 * by one, and prints one line of JSON: { case, threads, milliseconds, steps, parameters, loss, ready, grown }: the count
 * it ran with, the median of a step, the number of trained numbers (masked weights included), the last loss, and the two. A step draws a batch
 * by index from a fixed float32 matrix of 4,096 normal rows, goes forward and backward, updates by Adam (rate 5e-4, no
 * clipping), and reads the loss.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { InputError } from "../src/errors/index.ts";
import { version } from "../src/model/index.ts";
import { key, normal } from "../src/numeric/index.ts";
import { integer, machine, report, runBenchmark } from "./command-line.ts";
import { writeParquet } from "./results.ts";
import { textTable } from "./text-table.ts";
import { type Case, FIT_CASES, FIT_SIZE, STEP_CASES } from "./train-cases.ts";
import { type Comparison, compare } from "./train-compare.ts";
import { ownFit, ownStep } from "./train-own.ts";
import { openPeer } from "./train-peer.ts";

await runBenchmark(async () => {
  const known: Readonly<Record<string, Case>> = { ...STEP_CASES, ...FIT_CASES };
  const { values } = parseArgs({
    options: {
      cases: { type: "string", default: Object.keys(known).join(",") },
      runs: { type: "string", default: "5" },
      threads: { type: "string", default: "1,2" },
      steps: { type: "string" },
    },
  });
  const runs = integer("runs", values.runs, 1);
  const threads = values.threads.split(",").map((count) => integer("threads", count, 1));
  const names = values.cases.split(",");
  const steps = values.steps === undefined ? undefined : integer("steps", values.steps, 1);
  for (const name of names)
    if (!Object.hasOwn(known, name))
      throw new InputError(`bench: --cases: expected some of ${Object.keys(known).join(", ")}, got ${name}`);

  const peer = openPeer();
  const folder = mkdtempSync(join(tmpdir(), "unseen-train-"));
  const rows = join(folder, "rows.csv");
  const measured: { readonly name: string; readonly comparison: Comparison }[] = [];
  try {
    writeFileSync(rows, correlatedRows());
    for (const name of names) {
      report(name);
      const [step, fit] = [STEP_CASES[name], FIT_CASES[name]];
      const own = step
        ? () => ownStep(name, steps ?? step.steps)
        : () => ownFit(rows, join(folder, "model.onnx"), fit.flags);
      const theirs = (count: number) => () =>
        step
          ? peer!.step(name, count, steps ?? step.steps)
          : peer!.fit(rows, join(folder, "model.pt"), count, fit.peer);
      measured.push({ name, comparison: compare(name, runs, own, peer ? threads.map(theirs) : []) });
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }

  const about = { runs, version, pytorch: peer?.version ?? null, machine: machine() };
  const path = await writeParquet(
    "train",
    measured.map(({ name, comparison: { ours, torch, ratio } }) => ({
      case: name,
      milliseconds: ours.milliseconds,
      threads: ours.threads,
      parameters: ours.parameters,
      loss: ours.loss,
      readyMilliseconds: ours.ready,
      residentGrowth: ours.grown,
      torchMilliseconds: torch?.milliseconds ?? null,
      torchThreads: torch?.threads ?? null,
      torchLoss: torch?.loss ?? null,
      ratio: ratio?.median ?? null,
      lowestRatio: ratio?.lowest ?? null,
      highestRatio: ratio?.highest ?? null,
      bar: known[name].bar,
      ...about,
    })),
  );
  console.log(
    `${machine()}; medians of ${runs} runs; in brackets the threads${peer ? `; PyTorch ${peer.version}` : ""}\n`,
  );
  const head = ["", "unseen", "PyTorch", "as fast as it", "range", "bar", "", "ready", "memory"];
  console.log(textTable([head, ...measured.map(({ name, comparison }) => line(name, known[name], comparison))]));
  console.log(`\nEvery number: ${path}`);
});

function line(name: string, { about, bar }: Case, { ours, torch, ratio }: Comparison): string[] {
  const time = (side: Comparison["ours"]) =>
    (side.milliseconds < 1000
      ? `${side.milliseconds.toPrecision(3)} ms`
      : `${(side.milliseconds / 1000).toPrecision(3)} s`) + (side.threads === null ? "" : ` (${side.threads})`);
  return [
    `${name}  ${about}`,
    time(ours),
    torch ? time(torch) : "",
    ratio ? `${ratio.median.toFixed(2)} ×` : "",
    ratio ? `${ratio.lowest.toFixed(2)}–${ratio.highest.toFixed(2)}` : "",
    bar === null ? "" : `≥ ${bar} ×`,
    bar === null || !ratio ? "" : ratio.median >= bar ? "met" : "missed",
    ours.ready === null ? "" : `${(ours.ready / 1000).toFixed(2)} s`,
    ours.grown === null ? "" : `${ours.grown < 0 ? "−" : "+"}${(100 * Math.abs(ours.grown)).toFixed(1)} %`,
  ];
}

/** A CSV file of the rows of a fit: normal, each column mixed with the one before. */
function correlatedRows(): string {
  const next = normal(key("train"));
  const row = () => {
    let before = 0;
    const mixed = () => {
      before = 0.7 * before + next();
      return before.toFixed(6);
    };
    return Array.from({ length: FIT_SIZE.columns }, mixed).join(",");
  };
  const names = Array.from({ length: FIT_SIZE.columns }, (_, j) => `x${j}`).join(",");
  return [names, ...Array.from({ length: FIT_SIZE.rows }, row), ""].join("\n");
}
