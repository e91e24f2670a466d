import { dot, line, link, rectY, ruleX, ruleY, text } from "@observablehq/plot";
import type { DiscoveredSparker } from "../model/index.ts";
import { count, short } from "../numeric/index.ts";
import { figure } from "./figure.ts";
import { frame, NARROW, numberTick } from "./figures/frame.ts";
import { namedRows } from "./figures/named-rows.ts";
import type { Html } from "./html.ts";
import { clipped } from "./parts.ts";

const BINS = 40;

/** The combined statistic of the toys as bars, and where the window stands. */
export function toysFigure({ toys, window, pValue, resolution }: DiscoveredSparker): Html {
  const [low, high] = [Math.min(...toys, window), Math.max(...toys, window)];
  const step = (high - low || 1) / BINS;
  const counts = new Array<number>(BINS).fill(0);
  for (const T of toys) counts[Math.min(BINS - 1, Math.floor((T - low) / step))]++;
  const bars = counts.map((n, i) => ({ from: low + i * step, to: low + (i + 1) * step, n }));
  const beyond = Math.round(pValue / resolution) - 1;
  return figure(
    {
      id: "toys",
      width: "half",
      title: "The window among windows where nothing is new",
      description: `Histogram of the combined statistic of ${count(toys.length)} toys, from ${short(Math.min(...toys))} to ${short(Math.max(...toys))}; the window has ${short(window)}. ${count(beyond)} toys are as far.`,
      caption: `${beyond === 0 ? "No toy" : count(beyond)} of ${count(toys.length)} ${beyond === 1 ? "is" : "are"} as far as the window. The share that is, the window counted too, is the p-value.`,
      legend: [
        { name: "toys", color: "var(--accent)", mark: "bar" },
        { name: "the window", color: "var(--warning)", mark: "line" },
      ],
    },
    (width) =>
      frame(width, 260, {
        x: { label: "T (higher is more unlike the reference)", tickFormat: numberTick },
        y: { label: "toys" },
        marks: [
          rectY(bars, { x1: "from", x2: "to", y: "n", fill: "var(--accent)", insetLeft: 0.5, insetRight: 0.5 }),
          ruleY([0], { stroke: "currentColor" }),
          ruleX([window], { stroke: "var(--warning)", strokeWidth: 2.5 }),
        ],
      }),
  );
}

/** The statistic at each width beside the middle nine tenths of the toys. */
export function levelsFigure({ levels, toyStatistics, count: n, level }: DiscoveredSparker): Html {
  const C = toyStatistics.length / n;
  const rows = levels.map(({ width, statistic, pValue }, c) => {
    const t = Float64Array.from({ length: n }, (_, i) => Math.max(0, toyStatistics[i * C + c] || 0)).sort();
    const at = (share: number) => t[Math.min(n - 1, Math.floor(share * n))];
    return { width, statistic, pValue, low: at(0.05), middle: at(0.5), high: at(0.95) };
  });
  const chosen = rows[level];
  return figure(
    {
      id: "levels",
      width: "half",
      title: "At which width the samples differ",
      description: `The statistic t at ${count(levels.length)} widths: ${rows.map(({ width, statistic, middle }) => `width ${short(width)}, t ${short(statistic)}, toys ${short(middle)}`).join("; ")}.`,
      caption: `Wide kernels, at the right, see differences of large parts; narrow ones see clumps, and more noise. The place is read at width ${short(chosen.width)}, the least likely by chance.`,
      legend: [
        { name: "toys: middle nine tenths", color: "var(--accent)", mark: "bar" },
        { name: "the window", color: "var(--warning)", mark: "dot" },
      ],
    },
    (width) =>
      frame(width, 260, {
        x: { label: "width, in scaled columns", type: "log", tickFormat: numberTick },
        y: { label: "t", zero: true },
        marks: [
          link(rows, { x1: "width", x2: "width", y1: "low", y2: "high", stroke: "var(--accent)", strokeWidth: 9 }),
          line(rows, { x: "width", y: "statistic", stroke: "var(--warning)", strokeWidth: 1.5 }),
          dot(rows, { x: "width", y: "statistic", fill: "var(--warning)", r: 4.5 }),
          ruleY([0], { stroke: "currentColor" }),
        ],
      }),
  );
}

const MOST_KERNELS = 4;
/** Places further out are drawn at the border. */
const FAR = 6;

/** Where the strongest kernels stand in the columns in which they stand out. */
export function placesFigure({ kernels }: DiscoveredSparker): Html | null {
  const shown = kernels
    .map((kernel, i) => ({ kernel, number: i + 1 }))
    .filter(({ kernel }) => kernel.active && kernel.within === null)
    .slice(0, MOST_KERNELS);
  if (shown.length === 0) return null;
  const marks = shown.flatMap(({ kernel, number }) =>
    kernel.columns.map(({ name, shift }) => ({
      name,
      shift: Math.max(-FAR, Math.min(FAR, shift)),
      sign: kernel.sign,
      number: String(number),
      size: Math.abs(shift),
    })),
  );
  const names = [...new Set(marks.toSorted((a, b) => b.size - a.size).map(({ name }) => name))].slice(0, 12);
  const drawn = marks.filter(({ name }) => names.includes(name));
  const said = shown.map(
    ({ kernel, number }) =>
      `${kernel.sign} ${number}: ${kernel.columns.map(({ name, shift }) => `${name} ${short(shift)}`).join(", ")}`,
  );
  return figure(
    {
      id: "places",
      width: "full",
      title: "Where in the columns the kernels stand",
      description: `Places of ${count(shown.length)} kernels in columns, in standard deviations of the reference from its mean. ${said.join("; ")}.`,
      caption:
        "Each number is a kernel of the table below, at the mean of the window's rows in it, in standard deviations of the reference. Numbers near the middle line are usual in that column; columns are those in which some kernel stands out most.",
      legend: [
        { name: "excess: more rows than in the reference", color: "var(--warning)", mark: "dot" },
        { name: "deficit: fewer", color: "var(--accent)", mark: "dot" },
      ],
    },
    (width) => {
      const { place, options } = namedRows(
        names.map((name) => clipped(name, 36)),
        width,
      );
      const placed = drawn.map((mark) => ({ ...mark, place: place(names.indexOf(mark.name)) }));
      const color = (mark: { readonly sign: string }) => (mark.sign === "excess" ? "var(--warning)" : "var(--accent)");
      return options(
        {
          label: "standard deviations from the reference's mean",
          domain: [-FAR - 0.5, FAR + 0.5],
          tickFormat: (x: number) => (Math.abs(x) >= FAR ? `${x < 0 ? "≤ −" : "≥ "}${FAR}` : numberTick(x)),
        },
        [
          ruleX([0], { stroke: "currentColor" }),
          dot(placed, { x: "shift", y: "place", r: width < NARROW ? 7 : 8, fill: color }),
          text(placed, { x: "shift", y: "place", text: "number", fill: "var(--paper)", fontWeight: "bold" }),
        ],
      );
    },
  );
}
