/**
 * Rows that hang together: what p-values are worth on rows that come later, and on rows of new groups.
 *
 * 1. Sensors. Learns from the normal readings up to 1,500 of each of four motes and takes the share of later normal
 *    readings with p ≤ α: calibrated on random rows, by `--time reading`, by `--group mote_id`.
 * 2. Flows. Learns from the normal flows of some addresses and takes the same share on those of the others, calibrated on
 *    random rows and by `--group`; over groups, each counting the same, and over rows.
 *
 * Ends with code 1 where held-out groups calibrate and the mean share over groups is more than 3.1 standard errors above
 * α, for that is promised; nothing else is.
 *
 *   tsx bench/order.ts [--quick] [--seeds 20] [--detectors auto,knn,mahalanobis] [--fresh]
 */
import { parseArgs } from "node:util";
import { integer, machine, report, runBenchmark } from "./command-line.ts";
import { type FlowResult, groupSizes, measureFlows, readFlows } from "./order-flows.ts";
import {
  measureRolling,
  measureSensors,
  readSensors,
  SENSOR_WAYS,
  type SensorResult,
  type SensorWay,
} from "./order-sensors.ts";
import { type Measurement, openJournal, writeParquet } from "./results.ts";
import { textTable } from "./text-table.ts";

const SENSOR_LEVELS = [0.01, 0.05, 0.2];
const ROLLING = ["first 1,500, plain", "first 1,500, --time reading"] as const;
const FLOWS = [
  { column: "Dst IP", newShare: 0.5, levels: [0.01, 0.05, 0.1], except: "" },
  // A dozen groups make folds: eleven fits a draw, too many for the slowest detector.
  { column: "Src IP", newShare: 0.25, levels: [0.1, 0.2], except: "auto" },
] as const;
/** 3.1 standard errors: one violation in 1,000 by chance. */
const FAR = 3.1;

await runBenchmark(async () => {
  const { values } = parseArgs({
    options: {
      quick: { type: "boolean", default: false },
      seeds: { type: "string" },
      detectors: { type: "string" },
      fresh: { type: "boolean", default: false },
    },
  });
  const seeds = integer("seeds", values.seeds ?? (values.quick ? "3" : "20"), 2);
  const detectors = (values.detectors ?? (values.quick ? "mahalanobis" : "mahalanobis,knn,auto")).split(",");
  const journal = openJournal<Measurement>("order", values.fresh);
  const sensors = await readSensors();
  const sensorRows: (SensorResult & { readonly detector: string })[] = [];
  for (const detector of detectors)
    for (const way of Object.keys(SENSOR_WAYS) as SensorWay[]) {
      const measure = () => measureSensors(sensors, way, detector, 0, SENSOR_LEVELS);
      const result = (await journal.once({ sensors: way, detector }, measure)) as SensorResult;
      sensorRows.push({ ...result, detector });
      report(`sensors, ${detector}, ${way}`);
    }
  const rolling: (Measurement & { readonly detector: string })[] = [];
  for (const detector of detectors)
    for (const way of ROLLING) {
      const measure = () => measureRolling(sensors, way, detector, 0, SENSOR_LEVELS);
      rolling.push({ ...(await journal.once({ rolling: way, detector }, measure)), detector });
      report(`sensors, fitted anew, ${detector}, ${way}`);
    }
  const flows = await readFlows();
  const lines: FlowLine[] = [];
  for (const { column, newShare, levels, except } of FLOWS)
    for (const detector of detectors.filter((name) => name !== except))
      for (const grouped of [false, true]) {
        const results: FlowResult[] = [];
        for (let seed = 0; seed < seeds; seed++) {
          const measure = () => measureFlows(flows, column, newShare, grouped, detector, seed, levels);
          results.push((await journal.once({ flows: column, detector, grouped, seed }, measure)) as FlowResult);
        }
        lines.push({ column, detector, grouped, levels, results });
        report(`flows, ${detector}, ${column}, ${grouped ? "--group" : "plain"}: ${seeds} seeds`);
      }
  console.log(
    `${machine()}\n\nSensors: normal readings with p ≤ α, in percent\n\n${textTable(sensorTable(sensorRows))}`,
  );
  console.log(`\nThe same, fitted anew every 300 readings: mean, median and worst of the next 300\n`);
  console.log(textTable(rollingTable(rolling)));
  for (const { column } of FLOWS) {
    const sizes = groupSizes(flows, column);
    const single = sizes.filter((size) => size === 1).length;
    console.log(
      `\n${column}: ${sizes.length} groups, ${single} of one row, the largest ${sizes.slice(0, 4).join(", ")}`,
    );
  }
  console.log(`\nFlows: normal rows of new groups with p ≤ α, in percent, mean of ${seeds} draws ± standard error\n`);
  console.log(textTable(flowTable(lines)));
  await writeParquet(`order${values.quick ? "-quick" : ""}`, [
    ...sensorRows,
    ...rolling,
    ...lines.flatMap(measurementsOf),
  ]);
  if (lines.some(leavesItsBound)) process.exitCode = 1;
});

interface FlowLine {
  readonly column: string;
  readonly detector: string;
  readonly grouped: boolean;
  readonly levels: readonly number[];
  readonly results: readonly FlowResult[];
}

function sensorTable(rows: readonly (SensorResult & { readonly detector: string })[]): string[][] {
  const heads = SENSOR_LEVELS.flatMap((level) => [`next 300: ${100 * level}%`, `all: ${100 * level}%`]);
  return [
    ["learned from", "detector", "method", "units", "warnings", ...heads],
    ...rows.map((row) => [
      row.way,
      row.detector,
      row.method,
      String(row.units),
      String(row.warnings),
      ...SENSOR_LEVELS.flatMap((level) =>
        ["next", "rest"].map((part) =>
          level * (row.units + 1) < 1
            ? "refused"
            : part === "next" && row.way.startsWith("random")
              ? "–"
              : (100 * Number(row[`${part} ${level}`])).toFixed(1),
        ),
      ),
    ]),
  ];
}

function rollingTable(rows: readonly (Measurement & { readonly detector: string })[]): string[][] {
  const quantities = SENSOR_LEVELS.flatMap((level) => ["mean", "median", "worst"].map((name) => `${name} ${level}`));
  return [
    ["calibration", "detector", "fits", ...quantities],
    ...rows.map((row) => [
      String(row["way"]).replace("first 1,500, ", ""),
      row.detector,
      String(row["fits"]),
      ...quantities.map((quantity) => (100 * Number(row[quantity])).toFixed(1)),
    ]),
  ];
}

function flowTable(lines: readonly FlowLine[]): string[][] {
  return [
    ["groups", "detector", "calibration", "method", "units", "warned", "α", "over groups", "over rows", "worst draw"],
    ...lines.flatMap(({ column, detector, grouped, levels, results }) =>
      levels.map((level) => {
        const [groups, rows] = [meanOf(results, `groups ${level}`), meanOf(results, `rows ${level}`)];
        const warned = results.filter(({ warnings }) => warnings > 0).length;
        return [
          column,
          detector,
          grouped ? "--group" : "plain",
          [...new Set(results.map(({ method }) => method))].join("/"),
          meanOf(results, "units").mean.toFixed(0),
          grouped ? "–" : `${warned} of ${results.length}`,
          `${100 * level}%`,
          ...[groups, rows].map(({ mean, error }) => `${(100 * mean).toFixed(2)} ± ${(100 * error).toFixed(2)}`),
          (100 * Math.max(...results.map((result) => Number(result[`rows ${level}`])))).toFixed(1),
        ];
      }),
    ),
  ];
}

/** Whether groups were held out and more of their rows were flagged than promised. */
function leavesItsBound({ grouped, levels, results }: FlowLine): boolean {
  if (!grouped || results.some(({ method }) => method !== "split")) return false;
  return levels.some((level) => {
    const { mean, error } = meanOf(results, `groups ${level}`);
    return mean > level + FAR * error;
  });
}

function meanOf(results: readonly Measurement[], quantity: string): { readonly mean: number; readonly error: number } {
  const values = results.map((result) => Number(result[quantity]));
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const variance = values.reduce((total, value) => total + (value - mean) ** 2, 0) / (values.length - 1);
  return { mean, error: Math.sqrt(variance / values.length) };
}

function measurementsOf({ column, detector, grouped, results }: FlowLine): Measurement[] {
  return results.map((result, seed) => ({ ...result, column, detector, grouped, seed }));
}
