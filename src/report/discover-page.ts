import type { Discovered, DiscoveredColumn, DiscoveredSparker } from "../model/index.ts";
import { count, counted, duration, percent, short } from "../numeric/index.ts";
import { levelsFigure, placesFigure, toysFigure } from "./discover-figures.ts";
import type { Fact } from "./fact.ts";
import { type Html, html } from "./html.ts";
import { page, type Section } from "./page.ts";
import { citation, clipped, facts, note, points, type Tile, table, tiles } from "./parts.ts";

/** What a report on a discovery is made of. */
export interface DiscoverReportFacts {
  readonly found: Discovered;
  readonly command?: string;
  readonly seconds?: number;
}

/** The page of {@link discoverReport}. */
export function discoverPage({ found, command, seconds }: DiscoverReportFacts): string {
  const { sparker, window, reference } = found;
  return page({
    title: verdict(found),
    lead: html`${window.source}, ${counted(window.rows, "row")}, against ${reference.source}, ${counted(reference.rows, "row")}.`,
    overview: tiles(overview(found)),
    sections: [
      meaningSection(found),
      ...(sparker === null ? [] : [chanceSection(sparker), placeSection(sparker)]),
      ...besideSections(found),
      methodSection(found, command),
    ],
    footer: html`<p>Written by unseen${seconds === undefined ? "" : ` in ${duration(seconds)}`}. This page holds everything it shows: nothing is loaded, nothing runs.</p>`,
  });
}

/** What came out, in a few words. */
function verdict({ sparker, peers }: Discovered): string {
  const { pValue, resolution } = sparker ?? peers[0];
  if (pValue <= 0.01) return "The window differs from the reference";
  if (pValue <= 0.05) return "The window may differ from the reference";
  return pValue <= resolution * (1 + 1e-9)
    ? "Too few toys to tell whether anything is new"
    : "Nothing new was found in the window";
}

/** A p-value, as a bound where no toy came as far. */
function pText(pValue: number, resolution: number): string {
  return pValue <= resolution * (1 + 1e-9) ? `≤ ${short(resolution)}` : short(pValue);
}

/** Z, which has no least value: p = 1 is below any. */
function zText(z: number): string {
  return Number.isFinite(z) ? z.toFixed(2).replace("-", "−") : "−∞";
}

function overview({ sparker, peers }: Discovered): Tile[] {
  const own: Tile[] = sparker
    ? [
        {
          label: "p-value",
          value: pText(sparker.pValue, sparker.resolution),
          note: `of ${counted(sparker.count, "toy")}; none is below ${short(sparker.resolution)}`,
          warning: sparker.pValue <= 0.01,
        },
        { label: "Z", value: zText(sparker.z), note: "the same in standard deviations" },
        {
          label: "Rows too many",
          value: sparker.kernels.reduce((sum, { explained }) => sum + Math.max(0, explained), 0).toFixed(1),
          note: "in the kernels of an excess, fitted",
        },
      ]
    : [];
  return [
    ...own,
    ...peers.map(
      ({ method, pValue, resolution }): Tile => ({
        label: method,
        value: `p ${pText(pValue, resolution)}`,
        note: "a test of its own",
        warning: pValue <= 0.01,
      }),
    ),
  ];
}

function meaningSection({ guarantee, warnings }: Discovered): Section {
  return {
    id: "meaning",
    short: "Meaning",
    title: "What the answer means",
    body: html`${points(guarantee)}${warnings.map(note)}`,
  };
}

function chanceSection(s: DiscoveredSparker): Section {
  const beyond =
    "refused" in s.extrapolation
      ? `No law reaches beyond the toys: ${s.extrapolation.refused}.`
      : `Extrapolated from ${count(s.extrapolation.toys)} toys, not a test: p ${short(s.extrapolation.pValue)}.`;
  return {
    id: "chance",
    short: "Chance",
    title: "How far from chance",
    body: html`<div class="pair">${toysFigure(s)}${levelsFigure(s)}</div>
${table(
  "The statistic at each width",
  [
    { title: "Level" },
    ...["Width", "t", "Toys' median", "p", "Z", "Strongest kernel alone: p"].map((title) => ({
      title,
      align: "right" as const,
    })),
  ],
  s.levels.map(({ width, statistic, toyMedian, pValue, z, alone }, c) => [
    `${c + 1}${c === s.level ? ", the place is read here" : ""}`,
    short(width),
    statistic.toFixed(1),
    toyMedian.toFixed(1),
    pText(pValue, s.resolution),
    zText(z),
    alone === null ? "" : pText(alone.pValue, s.resolution),
  ]),
)}
<p class="quiet">${beyond}</p>`,
  };
}

function placeSection(s: DiscoveredSparker): Section {
  const { window, model, loose } = s.surplus;
  const shown = s.kernels.map((kernel, i) => ({ kernel, i })).filter(({ kernel }) => kernel.active);
  return {
    id: "place",
    short: "Place",
    title: "Where",
    body: html`${placesFigure(s)}
${table(
  "Kernels, by how many rows they explain",
  [
    { title: "Kernel" },
    ...["Rows explained", "Observed", "Expected", "z", "Amplitude"].map((title) => ({
      title,
      align: "right" as const,
    })),
    { title: "Center (one width around; usual)", sentences: true },
    { title: "Rows that carry most", sentences: true },
  ],
  shown.map(({ kernel, i }) => [
    `${kernel.sign} ${i + 1}${kernel.within === null ? "" : `, beside ${kernel.within + 1}`}`,
    kernel.explained.toFixed(1),
    kernel.observed.toFixed(1),
    kernel.expected.toFixed(1),
    kernel.z.toFixed(1),
    kernel.amplitude.toFixed(2),
    kernel.columns.map(columnText).join("; "),
    `${kernel.sign === "excess" ? "window" : "reference"}: ${kernel.rows.map(({ row }) => count(row)).join(", ")}`,
  ]),
)}
<p class="quiet">Fitted surplus: ${window.toFixed(1)} rows from the window's side, ${model.toFixed(1)} from the reference's${loose ? "; far apart, so the fit is loose there" : ""}. Window rows of the highest f: ${s.highest.map(({ row }) => count(row)).join(", ")}.</p>`,
  };
}

function columnText({ name, center, from, to, usual }: DiscoveredColumn): string {
  const label = clipped(name, 60);
  if (typeof center === "string") return `${label} ${clipped(center, 60)} (usual ${clipped(String(usual), 60)})`;
  return `${label} ${short(center)} (${short(from!)} to ${short(to!)}; usual ${short(Number(usual))})`;
}

/** Power and controls, where they were asked for. */
function besideSections({ power, controls }: Discovered): Section[] {
  if (power === null && controls.length === 0) return [];
  const sentences =
    power === null
      ? []
      : [
          `A share of ${percent(power.share)} would be found in ${percent(power.power)} of windows (p ≤ ${power.alpha}; ${percent(power.low)} to ${percent(power.high)} at 95 %, ${counted(power.windows, "window")}). Rows planted: ${power.from === "window" ? "those that this fit names, hence post hoc and optimistic" : "those given"}.`,
        ];
  const list: Html | null =
    controls.length === 0
      ? null
      : facts(controls.map(({ name, pValue, z, what }): Fact => [name, `p ${short(pValue)}, Z ${zText(z)}: ${what}`]));
  return [{ id: "beside", short: "Controls", title: "Power and controls", body: html`${points(sentences)}${list}` }];
}

function methodSection({ sparker, peers, columns, ignored, key, citations }: Discovered, command?: string): Section {
  const own: Fact[] =
    sparker === null
      ? []
      : [
          [
            "Kernels",
            `${count(sparker.kernelCount)}${sparker.dimension === null ? "" : `; rows spread in about ${sparker.dimension.toFixed(0)} directions`}`,
          ],
          ["Toys", `${count(sparker.count)}: ${sparker.toyKind.reason}`],
          ["Reference", `${counted(sparker.referenceRows, "row")} fitted, of weight ${short(sparker.weight)}`],
          [
            "Options",
            Object.entries(sparker.options)
              .map(([name, value]) => `${name} ${value}`)
              .join(", "),
          ],
        ];
  return {
    id: "method",
    short: "Method",
    title: "Method, and how to get this report again",
    body: html`${facts([
      ...own,
      ...peers.map(
        ({ method, statistic, permutations, notes }): Fact => [
          method,
          `statistic ${short(statistic)}, ${count(permutations)} permutations`,
          ...notes,
        ],
      ),
      ["Columns compared", columns.join(", ")],
      ["Left aside", ignored.map(({ name, reason }) => `${name}: ${reason}`).join("; ") || "none"],
      ["Key", String(key)],
    ])}
<h3>Papers</h3>
<ul class="points">${citations.map((paper) => html`<li>${citation(paper)}</li>`)}</ul>
${
  command === undefined
    ? null
    : html`<h3>Command</h3>
<pre tabindex="0"><code>${command}</code></pre>`
}`,
  };
}
