import type { PlotOptions } from "@observablehq/plot";

/** Below this width a figure is for a telephone: fewer ticks, no room for texts in it. */
export const NARROW = 400;

/** What figures have in common: margins, thin grid lines, few ticks. */
export function frame(width: number, height: number, { x, y, ...rest }: PlotOptions): PlotOptions {
  const ticks = width < NARROW ? 4 : 7;
  return {
    height,
    marginLeft: 54,
    marginRight: 16,
    marginTop: 26,
    marginBottom: 42,
    ...rest,
    x: { ticks, labelAnchor: "center", labelArrow: "none", labelOffset: 38, ...x },
    y: { ticks: 5, grid: true, labelArrow: "none", ...y },
  };
}

/** The share of rows as an axis says it: 0.001 → "0.1 %". */
export function shareTick(share: number): string {
  return `${Number((100 * share).toPrecision(3))} %`;
}

/** A tick of counts or scores: four significant digits, thousands apart. */
export function numberTick(x: number): string {
  const size = Math.abs(x);
  if (size !== 0 && (size >= 1e7 || size < 1e-3)) return x.toExponential(1).replace("e+", "e");
  return Number(x.toPrecision(4)).toLocaleString("en-US", { maximumFractionDigits: 6 });
}
