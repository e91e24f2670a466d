/** Protocol E and check 14: windows where nothing is new; p-values must be uniform. 100 rows against 400, 31 toys. */
import { join } from "node:path";
import { sparker, sparkerOptions } from "../src/discover/index.ts";
import {
  type Key,
  key as keyOf,
  type Matrix,
  matrix,
  normal,
  permutation,
  takeRows,
  uniform,
  uniformDistance,
} from "../src/numeric/index.ts";
import { parseOptions } from "../src/options/index.ts";
import { tableFromFile } from "./discover-tables.ts";
import { dataFolder } from "./labelled-set.ts";
import { type Measurement, openJournal } from "./results.ts";

const TOYS = 31;
/** The same code in a tenth of the time, for many windows: 9 toys and short fits. */
const BRIEF = { steps: 60, levels: 3, starts: 2 } as const;
const BRIEF_TOYS = 9;

export async function nullBenchmark(
  seed: number,
  windows: number,
  fresh: boolean,
  say: (text: string) => void,
  brief = false,
): Promise<readonly Measurement[]> {
  const journal = openJournal<Measurement>("discover-null", fresh);
  const physics = (file: string) => join(dataFolder(), "physics", file);
  const background = async () => {
    const { rows, labels } = await tableFromFile(physics("higgs-sample.parquet"), "label", []);
    return takeRows(
      rows,
      labels.flatMap((label, i) => (Number(label) === 0 ? [i] : [])),
    );
  };
  const benign = async () => {
    const { rows, labels } = await tableFromFile(join(dataFolder(), "intrusion/cicids2017-improved.parquet"), "Label", [
      "id",
      "Flow ID",
      "Src IP",
      "Src Port",
      "Dst IP",
      "Dst Port",
      "Protocol",
      "Timestamp",
      "Attempted Category",
    ]);
    return takeRows(
      rows,
      labels.flatMap((label, i) => (label === "BENIGN" ? [i] : [])),
    );
  };
  const normals = async () => {
    const next = normal(keyOf(seed).for("normals"));
    const rows = matrix(20_000, 5, Float64Array.from({ length: 100_000 }, next));
    return rows;
  };
  const cases: readonly {
    readonly data: string;
    readonly rows: () => Promise<Matrix>;
    readonly sizes: readonly [number, number];
    readonly toys: number;
    readonly copies: number;
  }[] = [
    { data: "higgs-sample, background", rows: background, sizes: [100, 400], toys: TOYS, copies: 0 },
    {
      data: "cms-zee",
      rows: async () => (await tableFromFile(physics("cms-zee.parquet"), null, [])).rows,
      sizes: [100, 400],
      toys: TOYS,
      copies: 0,
    },
    { data: "cicids2017-improved, BENIGN", rows: benign, sizes: [100, 400], toys: TOYS, copies: 0 },
    { data: "5 normal columns, 50 against 200, 99 toys", rows: () => normals(), sizes: [50, 200], toys: 99, copies: 0 },
    { data: "the same, 30 % of rows twice there", rows: () => normals(), sizes: [50, 200], toys: 99, copies: 0.3 },
  ];
  const options = parseOptions("sparker", sparkerOptions, { deal: "permute", ...(brief && BRIEF) });
  const { starts, ridge, alone, begin, ladder } = options;
  const out: Measurement[] = [];
  for (const {
    data,
    rows,
    sizes: [m, n],
    toys: full,
    copies,
  } of brief ? cases.filter(({ copies }) => copies === 0) : cases) {
    const toys = brief ? BRIEF_TOYS : full;
    const pool = await rows();
    const pValues: number[] = [];
    for (let i = 0; i < windows; i++) {
      const { p } = await journal.once(
        { data, i, seed, m, n, toys, starts, ridge, alone, begin, ladder, ...(brief && { brief }) },
        async () => {
          const key = keyOf(seed).for(data).for(i);
          const drawn = takeRows(pool, permutation(key.for("rows"), pool.rows).subarray(0, m + n));
          const all = copied(drawn, copies, key.for("copies"));
          const window = takeRows(all, [...Array(m).keys()]);
          const reference = takeRows(
            all,
            [...Array(n).keys()].map((row) => row + m),
          );
          const { pValue } = await sparker({ window, reference }, options, { key, toys, workers: 0 });
          return { p: pValue };
        },
      );
      pValues.push(p as number);
      if (i % 20 === 19) say(`null ${data}: ${i + 1} of ${windows}`);
    }
    const jitter = uniform(keyOf(seed).for("jitter"));
    const { pValue } = uniformDistance(pValues.map((p) => Math.max(0, p - jitter() / (toys + 1))));
    const share = (alpha: number) => pValues.filter((p) => p <= alpha).length / windows;
    out.push({
      protocol: brief ? "E-brief" : "E",
      data,
      windows,
      toys,
      ks_p_value: pValue,
      at_5_percent: share(0.05),
      at_10_percent: share(0.1),
    });
  }
  return out;
}

function copied(rows: Matrix, share: number, key: Key): Matrix {
  const u = uniform(key);
  return takeRows(
    rows,
    Array.from({ length: rows.rows }, (_, i) => (u() < share ? Math.floor(u() * rows.rows) : i)),
  );
}
