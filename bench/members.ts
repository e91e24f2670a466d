/**
 * What a learned score adds to `auto`: on each set of OddBench `auto` alone, the member alone, and the larger of both.
 *
 * Protocol: the fixed split, at most 4,000 training and 8,000 test rows drawn by the key. `auto` learns from all training
 * rows; a member from four fifths of them, and the others, which it did not see, give its tail scale (step 5 of `auto`).
 * Fused is the larger of `auto` and the member on that scale; weak the same with 1 taken from the member, as `auto` does with
 * low ends: it then objects where it is surer. `sculpting` trains its encoder against made outliers. AUROC and average precision × 100, means over sets, with
 * paired 95 % bootstrap intervals over sets. Measured are fits on one thread.
 *
 *   tsx bench/members.ts [--members maf,autoencoder] [--options '{"steps":500}'] [--every 5] [--sets a,b] [--key 0] [--fresh]
 */
import { parseArgs } from "node:util";
import { type Fitted, scoreRows, tailFunction } from "../src/detect/index.ts";
import { openDataFolder } from "../src/evaluate/index.ts";
import {
  auroc,
  averagePrecision,
  key as keyOf,
  type Matrix,
  permutation,
  sample,
  takeRows,
} from "../src/numeric/index.ts";
import { integer, jsonObject, machine, report, runBenchmark } from "./command-line.ts";
import { dataFolder, readSet } from "./labelled-set.ts";
import { type Member, membersSummary } from "./members-table.ts";
import { openJournal, writeParquet } from "./results.ts";
import { sculptedAgainstMade } from "./sculpting-member.ts";
import { type Candidate, candidate } from "./shelf.ts";
import { textTable } from "./text-table.ts";

const [MOST_TRAINED, MOST_TESTED] = [4000, 8000];
/** One in so many training rows gives a member's tail scale, at least ten. */
const HELD_OUT = 5;

/** The learned score without the distance that is fused with it by default. */
const ALONE: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  firm: { score: "cos-k" },
  "outlier-synthesis": { score: "classifier" },
};

/** What a weak member's scale is lowered by. */
const WEAKER = 1;

await runBenchmark(async () => {
  const { values } = parseArgs({
    options: {
      members: { type: "string", default: "maf,autoencoder" },
      options: { type: "string", default: "{}" },
      every: { type: "string", default: "1" },
      sets: { type: "string" },
      key: { type: "string", default: "0" },
      fresh: { type: "boolean", default: false },
    },
  });
  const seed = integer("key", values.key);
  const every = integer("every", values.every, 1);
  const given = jsonObject("options", values.options);
  const members = values.members
    .split(",")
    .map((name) =>
      name === "sculpting"
        ? sculptedAgainstMade(given)
        : { ...candidate(name, { ...ALONE[name], ...given }), name: candidate(name, given).name },
    );
  const oddbench = openDataFolder(dataFolder()).entries.filter(({ group }) => group === "oddbench");
  const sets = values.sets?.split(",") ?? oddbench.map(({ name }) => name).filter((_, i) => i % every === 0);
  const journal = openJournal<Member>("members", values.fresh);
  const measured: Member[] = [];
  for (const [i, name] of sets.entries()) {
    const task = once(() => divided(name, seed));
    for (const member of members) {
      const id = {
        set: name,
        member: member.name,
        options: JSON.stringify(member.options),
        beside: JSON.stringify(candidate("auto").options),
        key: seed,
      };
      measured.push(await journal.once(id, async () => measure(member, name, seed, await task())));
    }
    report(`${i + 1} of ${sets.length} sets: ${name}`);
  }
  const path = await writeParquet(`members-key${seed}`, measured);
  console.log(`${sets.length} sets of OddBench, key ${seed}; ${machine()}; AUROC / average precision × 100\n`);
  console.log(textTable(membersSummary(measured)));
  console.log(`\nEvery set: ${path}`);
});

interface Task {
  readonly train: Matrix;
  readonly test: Matrix;
  readonly labels: readonly number[];
  readonly auto: Float64Array;
}

/** The rows of a set, and what `auto` says of the test rows. */
async function divided(name: string, seed: number): Promise<Task> {
  const set = await readSet(name);
  const key = keyOf(seed);
  const of = (rows: Uint32Array, most: number, who: string) =>
    sample(key.for(name).for(who), rows.length, most).map((place) => rows[place]);
  const [train, test] = [of(set.train, MOST_TRAINED, "train"), of(set.test, MOST_TESTED, "test")];
  const [rows, tested] = [takeRows(set.rows, train), takeRows(set.rows, test)];
  const auto = await fitted(candidate("auto"), rows, seed);
  return {
    train: rows,
    test: tested,
    labels: Array.from(test, (row) => set.labels[row]),
    auto: await scoreRows(auto, tested, { workers: 0 }),
  };
}

async function measure(member: Candidate, set: string, seed: number, task: Task): Promise<Member> {
  const { train, test, labels, auto } = task;
  const order = permutation(keyOf(seed).for(set).for("held out"), train.rows);
  const held = Math.min(Math.max(10, Math.floor(train.rows / HELD_OUT)), train.rows - 2);
  const started = performance.now();
  const own = await fitted(member, takeRows(train, order.subarray(held)), seed);
  const seconds = (performance.now() - started) / 1000;
  const tail = tailFunction(await scoreRows(own, takeRows(train, order.subarray(0, held)), { workers: 0 }));
  const alone = await scoreRows(own, test, { workers: 0 });
  const fused = alone.map((score, i) => Math.max(auto[i], tail(score)));
  const weak = alone.map((score, i) => Math.max(auto[i], tail(score) - WEAKER));
  return {
    set,
    member: member.name,
    key: seed,
    auto_auroc: auroc(labels, auto),
    auto_ap: averagePrecision(labels, auto),
    alone_auroc: auroc(labels, alone),
    alone_ap: averagePrecision(labels, alone),
    fused_auroc: auroc(labels, fused),
    fused_ap: averagePrecision(labels, fused),
    weak_auroc: auroc(labels, weak),
    weak_ap: averagePrecision(labels, weak),
    fit_seconds: Number(seconds.toFixed(3)),
  };
}

function fitted({ detector, options }: Candidate, rows: Matrix, seed: number): Promise<Fitted> {
  return detector.fit(rows, options, { key: keyOf(seed).for("detector"), workers: 0 });
}

/** The value of a function, computed when first asked for. */
function once<T>(compute: () => Promise<T>): () => Promise<T> {
  let value: Promise<T> | null = null;
  return () => {
    value ??= compute();
    return value;
  };
}
