import type { Discovered, DiscoveredColumn, DiscoveredKernel, DiscoveredSparker } from "../model/index.ts";
import { median } from "../numeric/index.ts";
import { bars } from "./bars.ts";
import { formatFacts } from "./facts.ts";
import { count, counted, duration, percent, short } from "./number-text.ts";
import type { Terminal } from "./terminal.ts";
import { clip, formatTable } from "./text-table.ts";
import { visible } from "./visible.ts";
import { wrapText } from "./wrap-text.ts";

type Style = Pick<Terminal, "out" | "width">;

/** An answer of `discover` for people: drawn where a drawing says more. */
export function discoveredText(found: Discovered, seconds: number, style: Style): string {
  const { sparker, peers, power, controls } = found;
  const { out, width } = style;
  const heading = (text: string) => ["", out.bold(text)];
  return [
    out.bold(headline(found)),
    formatFacts(
      [
        ["window", `${found.window.source}, ${counted(found.window.rows, "row")}`],
        ["reference", `${found.reference.source}, ${counted(found.reference.rows, "row")}`],
        ["columns", columnsText(found)],
        ...(sparker === null ? [] : methodFacts(sparker)),
        ...peers.map(
          ({ method, pValue, z, statistic, permutations, notes }) =>
            [
              method,
              `p ${pText(pValue, 1 / (permutations + 1))}, Z ${zText(z)}${method === "c2st" ? `, AUROC on rows held out ${statistic.toFixed(3)}` : ""}`,
              ...notes,
            ] as const,
        ),
        ["time", duration(seconds)],
      ],
      width,
      out.dim,
    ),
    ...(sparker === null
      ? []
      : [
          ...heading("how far from chance"),
          chanceText(sparker, style),
          ...heading(placeHeading(sparker)),
          placeText(sparker, style),
        ]),
    ...(power === null
      ? []
      : [
          ...heading("power"),
          `  ${wrapText(`a share of ${percent(power.share)} would be found in ${percent(power.power)} of windows (p ≤ ${power.alpha}; ${percent(power.low)} to ${percent(power.high)} at 95 %, ${counted(power.windows, "window")}); rows planted: ${power.from === "window" ? "those that this fit names, hence post hoc and optimistic" : "those given"}`, width - 2, "  ")}`,
        ]),
    ...(controls.length === 0
      ? []
      : [
          ...heading("controls"),
          formatFacts(
            controls.map(({ name, pValue, z, what }) => [name, `p ${short(pValue)}, Z ${zText(z)}: ${what}`] as const),
            width,
            out.dim,
          ),
        ]),
    ...(found.warnings.length === 0
      ? []
      : [
          "",
          ...found.warnings.map(
            (warning) => `${out.yellow("warning")}: ${wrapText(visible(warning), width - 9, "         ")}`,
          ),
        ]),
    ...heading("what that means"),
    ...found.guarantee.map((sentence) => `  - ${wrapText(sentence, width - 4, "    ")}`),
    ...heading(found.citations.length > 1 ? "papers" : "paper"),
    ...found.citations.map(({ text }) => `  ${wrapText(text, width - 2, "  ")}`),
  ].join("\n");
}

function headline({ sparker, peers }: Discovered): string {
  const { pValue, resolution, z } = sparker ?? peers[0];
  const verdict =
    pValue <= 0.01
      ? "the window differs from the reference"
      : pValue <= 0.05
        ? "the window may differ from the reference"
        : pValue <= resolution * (1 + 1e-9)
          ? "no toy came as far as the window, but there are too few to tell (--toys)"
          : "nothing new was found";
  return `${verdict}: p ${pText(pValue, resolution)}, Z ${pValue <= resolution ? "≥ " : ""}${zText(z)}`;
}

/** A p-value, as a bound where no toy came as far. */
export function pText(pValue: number, resolution: number): string {
  return pValue <= resolution * (1 + 1e-9) ? `≤ ${short(resolution)}` : short(pValue);
}

/** Z, which has no least value: p = 1 is below any. */
function zText(z: number): string {
  return Number.isFinite(z) ? z.toFixed(2).replace("-", "−") : "−∞";
}

function columnsText({ columns, ignored }: Discovered): string {
  const aside = ignored.length === 0 ? "" : `; left aside: ${clip(ignored.map(({ name }) => name).join(", "), 120)}`;
  return visible(`${count(columns.length)} compared${aside}`);
}

function methodFacts(s: DiscoveredSparker): (readonly [string, ...string[]])[] {
  const failed = s.failures.toys + s.failures.window;
  const dimension = s.dimension === null ? "" : `, rows spread in about ${s.dimension.toFixed(0)} directions`;
  return [
    [
      "method",
      `sparker: ${counted(s.kernelCount, "kernel")}${dimension}; ${counted(s.referenceRows, "reference row")}, weight ${short(s.weight)}`,
    ],
    [
      "toys",
      `${count(s.count)}: ${s.toyKind.reason}${failed > 0 ? `; ${count(failed)} statistics came out below 0 and count as 0` : ""}`,
    ],
    ...(s.countPValue === null
      ? []
      : [
          [
            "row count",
            `p ${short(s.countPValue)} for as many rows by chance (Poisson, two-sided), apart from the test`,
          ] as const,
        ]),
  ];
}

const BINS = 40;

/** T of the toys as bars, the window's place under them; then a line a level. */
function chanceText(s: DiscoveredSparker, { out, width }: Style): string {
  const all = [...s.toys, s.window];
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const bin = (T: number) => Math.min(BINS - 1, Math.floor(((T - low) / (high - low || 1)) * BINS));
  const counts = new Array<number>(BINS).fill(0);
  for (const T of s.toys) counts[bin(T)]++;
  const levels = s.levels.map(({ width, statistic, toyMedian, pValue, alone }, c) => [
    `${c + 1}${c === s.level ? " *" : ""}`,
    short(width),
    statistic.toFixed(1),
    toyMedian.toFixed(1),
    pText(pValue, s.resolution),
    alone === null ? "" : pText(alone.pValue, s.resolution),
    bars([...tenths(s, c)]),
  ]);
  const beyond =
    "refused" in s.extrapolation
      ? `no law reaches beyond the toys: ${s.extrapolation.refused}`
      : `extrapolated from ${count(s.extrapolation.toys)} toys, not a test: p ${short(s.extrapolation.pValue)}`;
  return [
    `  toys    ${bars(counts)}`,
    `  window  ${" ".repeat(bin(s.window))}${out.bold("▲")}  T ${s.window.toFixed(2)}, toys ${median(s.toys).toFixed(2)} in the middle`,
    "",
    formatTable(
      [
        { title: "level" },
        { title: "width", align: "right" },
        { title: "t", align: "right" },
        { title: "toys' median", align: "right" },
        { title: "p", align: "right" },
        { title: "one kernel's p", align: "right" },
        { title: "toys, window's t at the end" },
      ],
      levels,
      out.dim,
    ),
    `  ${wrapText(`${beyond}; resolution ${short(s.resolution)}`, width - 2, "  ")}`,
  ].join("\n");
}

/** How many toys stand in each of ten parts up to the window's t, or to their largest. */
function tenths(s: DiscoveredSparker, c: number): number[] {
  const C = s.toyStatistics.length / s.count;
  const t = Array.from({ length: s.count }, (_, i) => Math.max(0, s.toyStatistics[i * C + c] || 0));
  const most = Math.max(...t, s.levels[c].statistic) || 1;
  const counts = new Array<number>(20).fill(0);
  for (const value of t) counts[Math.min(19, Math.floor((value / most) * 20))]++;
  return counts;
}

function placeHeading(s: DiscoveredSparker): string {
  return `where (level ${s.level + 1}, ${counted(s.kernels.filter(({ active }) => active).length, "active kernel")} of ${s.kernels.length})`;
}

const MOST_KERNELS = 4;

function placeText(s: DiscoveredSparker, style: Style): string {
  const shown = s.kernels
    .map((kernel, i) => ({ kernel, i }))
    .filter(({ kernel }) => kernel.active && kernel.within === null);
  const { window, model, loose } = s.surplus;
  return [
    ...shown.slice(0, MOST_KERNELS).map(({ kernel, i }) => kernelText(kernel, i, s, style)),
    ...(shown.length > MOST_KERNELS
      ? [`  ${counted(shown.length - MOST_KERNELS, "weaker kernel")} more; --json lists all`]
      : []),
    ...(shown.length === 0 ? ["  no kernel is strong enough to be placed"] : []),
    `  ${wrapText(`fitted surplus: ${window.toFixed(1)} rows from the window's side, ${model.toFixed(1)} from the reference's${loose ? ": far apart, so the fit is loose there" : ""}`, style.width - 2, "  ")}`,
  ].join("\n");
}

function kernelText(kernel: DiscoveredKernel, i: number, s: DiscoveredSparker, { out, width }: Style): string {
  const { sign, explained, observed, expected, z, amplitude, nearest, columns, rows } = kernel;
  const near = s.kernels.filter((other) => other.within === i).length;
  const numbers = rows.slice(0, 8).map(({ row }) => row);
  const list = columns.map((column) => [
    clip(column.name, 28),
    centerText(column),
    usualText(column),
    strip(column.shift),
  ]);
  return [
    `  ${out.bold(`${sign} ${i + 1}`)}  ${wrapText(`about ${Math.abs(explained).toFixed(1)} rows ${sign === "excess" ? "too many" : "too few"} (in the kernel ${observed.toFixed(1)}, expected ${expected.toFixed(1)}, z ${z.toFixed(1)}), amplitude ${amplitude.toFixed(2)}${near > 0 ? `, with ${counted(near, "kernel")} beside it` : ""}`, width - 12, "    ")}`,
    indent(
      formatTable(
        [
          { title: "column" },
          { title: "center (one width around)" },
          { title: "usual", align: "right" },
          { title: "−4 sd     usual     +4 sd" },
        ],
        list,
        out.dim,
      ),
    ),
    `    ${wrapText(`${sign === "excess" ? "window rows" : "reference rows"} that carry most: ${numbers.length === 0 ? "none" : numbers.map(count).join(", ")}; nearest window row ${count(nearest.row)}, ${nearest.widths.toFixed(1)} widths off`, width - 4, "    ")}`,
    "",
  ].join("\n");
}

function indent(text: string): string {
  return text
    .split("\n")
    .map((line) => `  ${line}`)
    .join("\n");
}

function centerText({ center, from, to }: DiscoveredColumn): string {
  if (typeof center === "string") return clip(center, 28);
  return from === null || to === null ? number(center) : `${number(center)} (${number(from)} to ${number(to)})`;
}

function usualText({ usual }: DiscoveredColumn): string {
  return typeof usual === "string" ? clip(usual, 16) : number(usual);
}

function number(x: number): string {
  return Math.abs(x) < 1e-9 ? "0" : short(x);
}

/** A place from −4 to +4 deviations, drawn on a line; beyond, an arrow at its end. */
function strip(shift: number): string {
  const line = Array.from("····························"); // 28 wide, as its title
  const size = 25;
  const at = Math.round(((Math.max(-4, Math.min(4, shift)) + 4) / 8) * (size - 1));
  const cells = line.slice(0, size);
  cells[(size - 1) / 2] = "|";
  cells[at] = shift > 4 ? "▶" : shift < -4 ? "◀" : "●";
  return `${cells.join("")} ${shift > 0 ? "+" : ""}${shift.toFixed(1)}`;
}

/** The same as one JSON object. */
export function discoveredJson(found: Discovered, seconds: number): object {
  const { sparker, ...rest } = found;
  if (sparker === null) return { ...rest, sparker, seconds: Number(seconds.toFixed(3)) };
  const { toyStatistics, logRatios, contributions, toys, ...kept } = sparker;
  void [toyStatistics, contributions];
  return {
    ...rest,
    sparker: { ...kept, toys: Array.from(toys), f: Array.from(logRatios) },
    seconds: Number(seconds.toFixed(3)),
  };
}
