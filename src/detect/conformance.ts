import { InputError, Interrupted } from "../errors/index.ts";
import { decode, encode, evaluate, input, ndArray, openSession } from "../graph/index.ts";
import {
  fromColumns,
  key,
  type Matrix,
  matrix,
  median,
  normal,
  permutation,
  rowOf,
  takeRows,
} from "../numeric/index.ts";
import { describeOptions, parseOptions } from "../options/index.ts";
import type { Detector, Fitted, Known } from "./detector.ts";
import { heldBy } from "./held-by.ts";
import { scoreRows } from "./score-rows.ts";

/** One promise of the contract; `check` throws an Error that says how it is broken. */
export interface Check {
  readonly name: string;
  check(): Promise<void>;
}

/** How far scores of one row may be apart, relative: float32 products differ that much between batch sizes. */
const TOLERANCE = 2e-6;

/**
 * Every promise of the detector contract as a check, to be run by any test runner; all keys are
 * fixed, so a check that passes once passes always. With default options, on 200 normal rows of 4 columns, and on data
 * as people have it; "refused" is an InputError from `fit` that says what was expected. Detectors that take labels are
 * given known anomalous rows: normal ones, moved by 4 in every column, up or down. Not checked: an abort while work is
 * under way, missing values (the contract's rows are finite), speed. A detector of one's own is tested the same way:
 *
 * `brief` are options that keep training short where many fits are made: each choice of the others, rows of every form.
 *
 * @example for (const { name, check } of conformance(detector)) test(name, check);
 */
export function conformance(detector: Detector, brief: Readonly<Record<string, unknown>> = {}): readonly Check[] {
  const { name } = detector;
  const defaults = (): Record<string, unknown> => parseOptions(name, detector.options, {});
  /** The defaults, but for what makes a fit brief: where many choices of options are tried. */
  const briefly = (): Record<string, unknown> => ({ ...defaults(), ...brief });
  const known = (rows: Matrix) => (detector.labels === undefined ? {} : { known: movedRows(rows) });
  const fit = (rows: Matrix, options = defaults(), seed = 1): Promise<Fitted> =>
    detector.fit(rows, options, { key: key(seed), workers: 0, ...known(rows) });
  const normals = gaussian(200, 4, 11);
  const others = gaussian(200, 4, 12);
  let fitting: Promise<Fitted> | undefined;
  /** The detector fitted to `normals`, once for all checks. */
  const fitted = (): Promise<Fitted> => (fitting ??= fit(normals));
  const handledOrRefused = async (rows: Matrix, options = briefly()): Promise<void> => {
    const learned = await fit(rows, options).catch(refusedByName);
    if (!learned) return;
    requireFinite(await score(learned, rows), rows.rows);
    const unlike = matrix(
      rows.rows,
      rows.columns,
      rows.values.map((x) => x + 1),
    );
    requireFinite(await score(learned, unlike), rows.rows);
  };

  const declaration: Check[] = [
    {
      name: "its name, summary, cost and citation are said, and what a model holds",
      async check() {
        must(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name), `name: expected lower case and hyphens, got "${name}"`);
        must(detector.summary.length > 0 && !detector.summary.includes("\n"), "summary: expected one line");
        must(detector.cost.length > 0, "cost: expected words, got none");
        const held = heldBy(detector, defaults());
        must(held === detector.holds, `holds: expected ${held} as by the default options, got ${detector.holds}`);
        const { citation } = detector;
        must(citation === null || citation.text.length > 0, "citation: expected a text");
        must(citation === null || new URL(citation.url).protocol === "https:", "citation: expected an https address");
      },
    },
    {
      name: "every option has a sentence and a default, and every default passes its own check",
      async check() {
        for (const option of describeOptions(detector.options)) {
          must(/\S.*\.$/.test(option.sentence), `option ${option.name}: expected a sentence`);
          must(option.default !== undefined, `option ${option.name}: expected a default`);
        }
        // Zod does not check defaults: give them back as if a person had.
        const given = defaults();
        must(same(parseOptions(name, detector.options, given), given), "options: expected defaults to stay");
      },
    },
    {
      name: "every choice of an option is handled, or refused by name",
      async check() {
        for (const option of describeOptions(detector.options))
          for (const choice of option.choices)
            if (choice !== option.default) await handledOrRefused(normals, { ...briefly(), [option.name]: choice });
      },
    },
  ];

  const learning: Check[] = [
    {
      name: "its input is not written to",
      async check() {
        const [before, after] = [gaussian(200, 4, 11), gaussian(200, 4, 11)];
        await score(await fit(after), after);
        must(same(after, before), "rows: expected them as they were, got other values");
      },
    },
    {
      name: "equal key, equal scores to the bit; another key, still one finite score per row",
      async check() {
        const [first, again, other] = [await fitted(), await fit(normals), await fit(normals, defaults(), 2)];
        requireEqual(await score(again, others), await score(first, others), "a second fit with the same key");
        must(same(again.notes, first.notes) && again.rowsUsed === first.rowsUsed, "notes differ under the same key");
        requireFinite(await score(other, others), others.rows);
      },
    },
    {
      name: "how many rows it used is right, and what a cap left out is said in its notes",
      async check() {
        const smallest = describeOptions(detector.options)
          .filter((option) => option.type === "integer" && option.minimum !== null)
          .map((option) => ({ ...briefly(), [option.name]: option.minimum }));
        for (const options of [defaults(), ...smallest]) {
          const { rowsUsed, notes, chunk } = await fit(normals, options);
          must(isWhole(rowsUsed, normals.rows), `rowsUsed: expected 1 to ${normals.rows}, got ${rowsUsed}`);
          must(isWhole(chunk, Infinity), `chunk: expected an integer ≥ 1, got ${chunk}`);
          const said = rowsUsed === normals.rows || notes.some((note) => note.trim().length > 0);
          must(said, `notes: expected word that ${rowsUsed} of ${normals.rows} rows were used, got none`);
        }
      },
    },
    {
      name: "an abort signal interrupts fitting and scoring",
      async check() {
        const signal = AbortSignal.abort();
        const context = { key: key(1), workers: 0, signal };
        await requireInterrupted("fit", detector.fit(normals, defaults(), { ...context, ...known(normals) }));
        await requireInterrupted("score", scoreRows(await fitted(), normals, context));
      },
    },
    ...Object.entries(awkwardRows()).map(([kind, rows]) => ({
      name: `${kind}: handled, or refused by name`,
      check: () => handledOrRefused(rows),
    })),
  ];

  const labels: Check[] = [
    {
      name: "without known anomalous rows: refused by name, if it needs them",
      async check() {
        for (const known of [undefined, { rows: matrix(0, 4), classes: [] }]) {
          const context = { key: key(1), workers: 0, ...(known && { known }) };
          const learned = await detector.fit(normals, defaults(), context).catch(refusedByName);
          must(learned === null, "known: expected a refusal where there are none, got a model");
        }
      },
    },
  ];

  const scoring: Check[] = [
    {
      name: "scores are float64, one finite number per row; no rows, no scores",
      async check() {
        const out = expression(await fitted(), 4)["score"];
        must(out.dtype === "float64" && same(out.shape, ["rows"]), `score: expected float64 [rows], got ${out.dtype}`);
        requireFinite(await score(await fitted(), others), others.rows);
        requireFinite(await score(await fitted(), matrix(0, 4)), 0);
      },
    },
    {
      name: "a row's score depends on that row alone: order and batch size change nothing",
      async check() {
        const order = permutation(key(3), others.rows);
        const many = takeRows(
          others,
          Array.from({ length: 1030 }, (_, i) => order[i % others.rows]),
        );
        const expected = await score(await fitted(), others);
        for (const chunk of [1, 7, 1024]) {
          const rows = takeRows(
            many,
            Array.from({ length: chunk === 1024 ? 1030 : 60 }, (_, i) => i),
          );
          const scores = await score({ ...(await fitted()), chunk }, rows);
          requireClose(
            scores,
            scores.map((_, i) => expected[order[i % others.rows]]),
            `batches of ${chunk}`,
          );
        }
      },
    },
    {
      name: "encoding, decoding and encoding again gives the same bytes and the same scores",
      async check() {
        const bytes = encode(expression(await fitted(), 4));
        const again = encode(decode(bytes).outputs);
        must(Buffer.compare(bytes, again) === 0, "file: expected the same bytes again, got others");
        using session = await openSession(again);
        const { chunk } = await fitted();
        const rows = takeRows(
          others,
          Array.from({ length: Math.min(50, chunk) }, (_, i) => i),
        );
        const scores = (await session.run({ x: asArray(rows) }))["score"].data as Float64Array;
        requireEqual(scores, await score(await fitted(), rows), "the decoded file");
      },
    },
    {
      name: "ONNX Runtime = the slow interpreter",
      async check() {
        const rows = takeRows(
          others,
          Array.from({ length: 20 }, (_, i) => i),
        );
        const { score: slow } = evaluate(expression(await fitted(), 4), { x: asArray(rows) });
        requireClose(await score(await fitted(), rows), slow.data as Float64Array, "ONNX Runtime");
      },
    },
  ];
  const far: Check = {
    name: "a point that is far in one column, or in all, scores above the median of normal rows",
    async check() {
      const middle = median(await score(await fitted(), others));
      for (const distance of [100, -100, 1e300, -1e300]) {
        const far = fromColumns(
          5,
          [0, 1, 2, 3].map((j) => Float64Array.from([0, 1, 2, 3, j], (k) => (k === j ? distance : 0))),
        );
        const scores = await score(await fitted(), far);
        requireFinite(scores, 5);
        scores.forEach((s, i) => {
          const where = i === 4 ? "all columns" : `column ${i}`;
          must(s > middle, `far: ${distance} in ${where}: expected more than the median ${middle}, got ${s}`);
        });
      }
    },
  };
  const likeKnown: Check = {
    name: "known anomalous rows score above the median of normal rows",
    async check() {
      const middle = median(await score(await fitted(), others));
      const lowest = Math.min(...(await score(await fitted(), movedRows(normals).rows)));
      must(lowest > middle, `known rows: expected more than the median ${middle}, got ${lowest}`);
    },
  };
  const judging = detector.onlyLikeKnown ? likeKnown : far;
  return [...declaration, ...learning, ...(detector.labels === "required" ? labels : []), ...scoring, judging];
}

/** Known anomalous rows for the suite, of two classes: up to 10 of the rows given, moved up or down in turn. */
function movedRows(rows: Matrix): Known {
  const some = takeRows(
    rows,
    Uint32Array.from({ length: Math.min(10, rows.rows) }, (_, i) => i),
  );
  const values = some.values.map((x, at) => x + (Math.floor(at / some.columns) % 2 === 0 ? 4 : -4));
  const classes = Array.from({ length: some.rows }, (_, i) => (i % 2 === 0 ? "moved up" : "moved down"));
  return { rows: matrix(some.rows, some.columns, values), classes };
}

/** Data as people have it, n × d. */
function awkwardRows(): Readonly<Record<string, Matrix>> {
  const base = gaussian(60, 3, 21);
  const edit = (change: (row: number[], i: number) => number[]): Matrix => {
    const rows = Array.from({ length: base.rows }, (_, i) => change([...rowOf(base, i)], i));
    return fromColumns(
      base.rows,
      rows[0].map((_, j) => Float64Array.from(rows, (row) => row[j])),
    );
  };
  return {
    "a constant column": edit(([a, b]) => [a, 0.1, b]),
    "only constant columns": edit(() => [0.1, 7]),
    "one column": edit(([a]) => [a]),
    "two rows": takeRows(base, [0, 1]),
    "two equal rows": takeRows(base, [0, 0]),
    "every row twice": takeRows(
      base,
      Array.from({ length: 120 }, (_, i) => i % 60),
    ),
    "the same column twice": edit(([a, b]) => [a, b, a]),
    "300 columns and 50 rows": gaussian(50, 300, 22),
    "values near 10^15 that differ by 1": edit(([a, b], i) => [a, 1e15 + (i % 5), b]),
    "values of 10^-300": edit(([a, b, c]) => [a, b * 1e-300, c]),
    "values of 10^300": edit(([a, b, c]) => [a, b * 1e300, c]),
    "values from 10^-300 to 10^300": edit(([a, b], i) => [a, i % 2 === 0 ? 1e-300 : 1e300, b]),
    "small whole numbers": edit((row) => row.map((x) => Math.round(2 * x))),
    "a column that is 0 but for one row": edit(([a, b], i) => [a, i === 5 ? 1 : 0, b]),
  };
}

function gaussian(n: number, d: number, seed: number): Matrix {
  return matrix(n, d, new Float64Array(n * d).map(normal(key(seed))));
}

const score = (fitted: Fitted, rows: Matrix): Promise<Float64Array> => scoreRows(fitted, rows, { workers: 0 });

const expression = (fitted: Fitted, columns: number) => ({
  score: fitted.score(input("x", "float64", ["rows", columns])),
});

const asArray = (rows: Matrix) => ndArray("float64", [rows.rows, rows.columns], rows.values);

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

const isWhole = (x: number, most: number): boolean => Number.isInteger(x) && x >= 1 && x <= most;

function must(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(`conformance: ${otherwise}`);
}

function requireFinite(scores: Float64Array, rows: number): void {
  must(scores.length === rows, `score: expected ${rows} scores, got ${scores.length}`);
  const odd = scores.findIndex((s) => !Number.isFinite(s));
  must(odd < 0, `score: row ${odd}: expected a finite score, got ${scores[odd]}`);
}

function requireEqual(scores: Float64Array, expected: Float64Array, who: string): void {
  const odd = scores.findIndex((s, i) => !Object.is(s, expected[i]));
  must(odd < 0, `${who}: row ${odd}: expected the score ${expected[odd]} to the bit, got ${scores[odd]}`);
}

function requireClose(scores: Float64Array, expected: Float64Array, who: string): void {
  const near = (a: number, b: number) => Math.abs(a - b) <= TOLERANCE * Math.max(Math.abs(a), Math.abs(b));
  const odd = scores.findIndex((s, i) => !near(s, expected[i]));
  must(odd < 0, `${who}: row ${odd}: expected the score ${expected[odd]}, got ${scores[odd]}`);
}

async function requireInterrupted(who: string, work: Promise<unknown>): Promise<void> {
  const outcome = await work.then(
    () => "a result",
    (error: unknown) => error,
  );
  must(outcome instanceof Interrupted, `${who}: expected Interrupted once the signal fired, got ${outcome}`);
}

/** Nothing, for a refusal that names who, which and what was expected; any other error goes on. */
function refusedByName(error: unknown): null {
  if (error instanceof InputError && /^[^:]+: .*expected/.test(error.message)) return null;
  throw error;
}
