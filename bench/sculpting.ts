/**
 * Latent sculpting beside its controls: what do seen classes teach about unseen ones?
 *
 * Protocol A, CIC-IDS-2017 improved, equal rows once: 60 % of the normal rows train, 20 % set thresholds, 20 % test; 80 % of
 * each seen class train (2,500 at most), 20 % test as known; DoS Slowloris, DoS Slowhttptest, Botnet and Infiltration are
 * unseen, Infiltration - Portscan is reported apart. Protocol B, NSL-KDD: the 20 % training file against the test file, attacks
 * that only the latter has are unseen. Columns that are constant in training are dropped. What is measured: `measures`.
 * Tables show the mean over keys and the standard deviation.
 *
 *   tsx bench/sculpting.ts [--protocols A,B] [--keys 42,43,44] [--methods TEXT] [--remedies] [--slow] [--leave-out] [--markdown] [--fresh]
 *
 * `--methods` takes only fits whose name contains the text; `--remedies` adds what was tried to make ℓ better, `--slow` the
 * transformer encoders. Results are kept as they come and not measured twice unless --fresh. Some 3 minutes a protocol and
 * key on two cores. `--leave-out` measures on training rows alone, where each seen class of 50 rows or more is unseen once
 * (means over classes and keys): how the default score was chosen.
 */
import { parseArgs } from "node:util";
import { InputError } from "../src/errors/index.ts";
import { version } from "../src/model/version.ts";
import { type Key, key as keyOf } from "../src/numeric/index.ts";
import { integer, machine, report, runBenchmark } from "./command-line.ts";
import { markdownTable } from "./markdown-table.ts";
import { type Measurement, openJournal, writeParquet } from "./results.ts";
import { contenders } from "./sculpting-contenders.ts";
import { connections, type Division, flows, leavingOut } from "./sculpting-data.ts";
import { measures } from "./sculpting-measures.ts";
import { textTable } from "./text-table.ts";

const PROTOCOLS: Readonly<Record<string, { readonly title: string; read(): Promise<(key: Key) => Division> }>> = {
  A: { title: "CIC-IDS-2017 improved", read: flows },
  B: { title: "NSL-KDD", read: connections },
};

const WHAT: readonly (readonly [string, string])[] = [
  ["unseenAuroc", "unseen AUROC"],
  ["unseenF1", "unseen F1"],
  ["knownAuroc", "known AUROC"],
  ["knownF1", "known F1"],
  ["falseAlarms95", "FPR τ_95"],
  ["recallAt1", "unseen at 1 %"],
  ["recallAt5", "unseen at 5 %"],
  ["apartRecall95", "apart τ_95"],
];

await runBenchmark(async () => {
  const { values } = parseArgs({
    options: {
      protocols: { type: "string", default: "A,B" },
      keys: { type: "string", default: "42,43,44" },
      methods: { type: "string", default: "" },
      remedies: { type: "boolean", default: false },
      slow: { type: "boolean", default: false },
      "leave-out": { type: "boolean", default: false },
      markdown: { type: "boolean", default: false },
      fresh: { type: "boolean", default: false },
    },
  });
  const names = values.protocols.split(",");
  const odd = names.find((name) => !PROTOCOLS[name]);
  if (odd !== undefined) throw new InputError(`bench: --protocols: expected A, B or both, got ${odd}`);
  const keys = values.keys.split(",").map((key) => integer("keys", key));
  const tried = contenders(values).filter(({ name }) => name.includes(values.methods));
  if (tried.length === 0)
    throw new InputError(
      `bench: --methods: expected a part of ${contenders({ slow: true, remedies: true })
        .map(({ name }) => name)
        .join(", ")}, got ${values.methods}`,
    );
  const journal = openJournal<Measurement>("sculpting", values.fresh);
  const all: Measurement[] = [];
  for (const protocol of names) {
    const divide = await PROTOCOLS[protocol].read();
    for (const key of keys) {
      const whole = divide(keyOf(key));
      const divisions = values["leave-out"] ? leavingOut(whole) : ([[null, whole]] as const);
      for (const [left, division] of divisions)
        for (const { name, methods, scores } of tried) {
          let found: { seconds: number; each: readonly Measurement[] } | null = null;
          for (const [i, method] of methods.entries()) {
            const identity = { protocol, key, left, method, version };
            const measured = await journal.once(identity, async () => {
              found ??= await measure(left === null ? name : `${name} without ${left}`, key, division, scores);
              return { ...found.each[i], seconds: found.seconds };
            });
            all.push({ protocol, key, left, method, ...measured });
          }
        }
    }
  }
  const file = values["leave-out"] ? "sculpting-left-out" : "sculpting";
  const written: string[] = [];
  for (const protocol of names) {
    const own = all.filter((row) => row["protocol"] === protocol);
    written.push(await writeParquet(`${file}-${protocol}`, own.map(flat)));
    written.push(await writeParquet(`${file}-${protocol}-classes`, own.flatMap(byClass)));
  }
  const write = values.markdown ? markdownTable : textTable;
  const table = (...given: Parameters<typeof cells>) => write(cells(...given));
  console.log(`keys ${keys.join(", ")}; ${machine()}`);
  for (const protocol of names) {
    const own = all.filter((row) => row["protocol"] === protocol);
    console.log(`\nProtocol ${protocol}, ${PROTOCOLS[protocol].title}\n\n${table(own, WHAT)}`);
    if (values["leave-out"]) continue;
    const perClass = Object.keys(own[0])
      .filter((field) => field.startsWith("recall 95 "))
      .slice(0, 8);
    console.log(
      `\nRecall at τ_95\n\n${table(
        own,
        perClass.map((field) => [field, field.slice("recall 95 ".length)]),
      )}`,
    );
    console.log(
      `\nRecall at τ_85\n\n${table(
        own,
        perClass.map((field) => [field.replace("95", "85"), field.slice("recall 95 ".length)]),
      )}`,
    );
  }
  report(`written: ${written.join(", ")}`);
});

async function measure(
  name: string,
  key: number,
  division: Division,
  scores: ReturnType<typeof contenders>[number]["scores"],
): Promise<{ seconds: number; each: readonly Measurement[] }> {
  const started = performance.now();
  const scored = await scores(division, keyOf(key).for("detector"));
  const seconds = (performance.now() - started) / 1000;
  const each = scored.map((one) => measures(one, division));
  report(
    `key ${key} ${name}: ${seconds.toFixed(1)} s, unseen ${each.map((one) => share(one["unseenAuroc"], 4)).join(" ")}`,
  );
  return { seconds, each };
}

/** Means and standard deviations over keys, one line a method. */
function cells(
  rows: readonly Measurement[],
  columns: readonly (readonly [string, string])[],
): readonly (readonly string[])[] {
  const methods = [...new Set(rows.map(({ method }) => method as string))];
  const shown = columns.filter(([field]) => rows.some((row) => typeof row[field] === "number"));
  const cell = (method: string, field: string) => {
    const found = rows.filter((row) => row["method"] === method).map((row) => row[field] as number);
    const mean = found.reduce((a, b) => a + b, 0) / found.length;
    const spread = Math.sqrt(found.reduce((total, x) => total + (x - mean) ** 2, 0) / Math.max(1, found.length - 1));
    return found.length > 1 ? `${share(mean, 4)} ± ${share(spread, 4)}` : share(mean, 4);
  };
  return [
    ["", ...shown.map(([, title]) => title)],
    ...methods.map((method) => [method, ...shown.map(([field]) => cell(method, field))]),
  ];
}

/** A share without its leading 0. */
function share(value: unknown, digits: number): string {
  return Number(value).toFixed(digits).replace(/^0\./, ".");
}

/** A measurement without the classes, which differ between protocols. */
function flat(row: Measurement): Measurement {
  return Object.fromEntries(Object.entries(row).filter(([field]) => !/^recall \d\d /.test(field)));
}

function byClass(row: Measurement): readonly Measurement[] {
  const { protocol, key, method } = row;
  return Object.keys(row)
    .filter((field) => field.startsWith("recall 95 "))
    .map((field) => ({
      protocol,
      key,
      method,
      class: field.slice("recall 95 ".length),
      recall95: row[field],
      recall85: row[field.replace("95", "85")],
    }));
}
