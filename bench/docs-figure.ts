import type { BenchRanks } from "../src/evaluate/index.ts";

const WIDTH = 880;
/** Where the axis begins and ends; names stand to both sides. */
const [LEFT, RIGHT] = [250, 630];
const LINE = 20;
const TOP = 58;

/**
 * A critical-difference figure (Demšar 2006, figure 1): contestants at their mean ranks, the best to the left, and a bar
 * under each largest group whose mean ranks lie within the critical difference. Equal ranks give equal bytes.
 */
export function criticalDifferenceFigure({ ranks, criticalDifference, sets }: BenchRanks, measure: string): string {
  const k = ranks.length;
  const x = (rank: number) => LEFT + ((rank - 1) / (k - 1)) * (RIGHT - LEFT);
  const groups = groupsWithin(
    ranks.map(({ rank }) => rank),
    criticalDifference,
  );
  const names = TOP + 14 + groups.length * 8;
  const half = Math.ceil(k / 2);
  const height = names + half * LINE + 12;
  const ticks = Array.from({ length: k }, (_, i) => i + 1);
  const axis = [
    line(LEFT, TOP, RIGHT, TOP),
    ...ticks.map((rank) => line(x(rank), TOP - 5, x(rank), TOP)),
    ...ticks.map((rank) => text(x(rank), TOP - 10, "middle", String(rank))),
    line(LEFT, 20, LEFT + x(1 + criticalDifference) - x(1), 20, "bar"),
    text(
      LEFT + x(1 + criticalDifference) - x(1) + 8,
      24,
      "start",
      `critical difference ${criticalDifference.toFixed(2)}`,
    ),
  ];
  const bars = groups.map(([from, to], i) =>
    line(x(ranks[from].rank) - 3, TOP + 10 + 8 * i, x(ranks[to].rank) + 3, TOP + 10 + 8 * i, "bar"),
  );
  const labels = ranks.flatMap(({ name, rank }, i) => {
    const left = i < half;
    const y = names + (left ? i : k - 1 - i) * LINE + 8;
    const [end, at, anchor] = left ? [LEFT - 12, LEFT - 18, "end"] : [RIGHT + 12, RIGHT + 18, "start"];
    const label = left ? `${name}  ${rank.toFixed(2)}` : `${rank.toFixed(2)}  ${name}`;
    return [`<path d="M${fixed(x(rank))} ${TOP}V${fixed(y)}H${fixed(end)}"/>`, text(at, y + 4, anchor, label)];
  });
  const description = `Mean ranks by ${measure} over ${sets} sets: ${ranks.map(({ name, rank }) => `${name} ${rank.toFixed(2)}`).join(", ")}. Differences above ${criticalDifference.toFixed(2)} are significant at 5 %.`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-labelledby="title description">`,
    `<title id="title">Critical difference, ${escaped(measure)}</title>`,
    `<desc id="description">${escaped(description)}</desc>`,
    "<style>",
    "svg { background: #fff; font: 13px system-ui, sans-serif; }",
    "path { fill: none; stroke: #57606a; } .bar { stroke: #b35900; stroke-width: 3.5; } text { fill: #1f2328; }",
    "@media (prefers-color-scheme: dark) { svg { background: #0d1117; } path { stroke: #8b949e; } .bar { stroke: #f0a050; } text { fill: #e6edf3; } }",
    "</style>",
    ...axis,
    ...labels,
    ...bars,
    "</svg>",
    "",
  ].join("\n");
}

/** The largest runs of two and more sorted ranks that lie within a distance, as first and last places. */
export function groupsWithin(ranks: readonly number[], distance: number): readonly (readonly [number, number])[] {
  const runs = ranks.map((rank, from) => [from, ranks.findLastIndex((other) => other - rank <= distance)] as const);
  return runs.filter(([from, to], i) => to > from && (i === 0 || to > runs[i - 1][1]));
}

function line(x1: number, y1: number, x2: number, y2: number, kind?: string): string {
  return `<path${kind ? ` class="${kind}"` : ""} d="M${fixed(x1)} ${fixed(y1)}L${fixed(x2)} ${fixed(y2)}"/>`;
}

function text(x: number, y: number, anchor: string, content: string): string {
  return `<text x="${fixed(x)}" y="${fixed(y)}" text-anchor="${anchor}" xml:space="preserve">${escaped(content)}</text>`;
}

const fixed = (value: number) => String(Number(value.toFixed(1)));

const escaped = (content: string) => content.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
