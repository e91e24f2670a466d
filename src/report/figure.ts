import { type PlotOptions, plot } from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { type Html, type HtmlValue, html, markup } from "./html.ts";
import { dark, declarations, light } from "./palette.ts";

/** What a figure says in words. */
export interface FigureText {
  /** Its anchor, different for each figure of a page. */
  readonly id: string;
  /** What it shows: the name of the picture. */
  readonly title: string;
  /** Its content in numbers, for those who do not see it. */
  readonly description: string;
  /** What to see in it. */
  readonly caption: HtmlValue;
  /** Above it: what its marks are. */
  readonly legend?: readonly LegendEntry[];
  /** Whether it fills the page's width, or half of it. */
  readonly width: "full" | "half";
}

export interface LegendEntry {
  readonly name: string;
  readonly color: string;
  readonly mark: "bar" | "line" | "dot" | "cross" | "sign";
  readonly dashes?: string;
  /** The character that stands for a mark of another shape. */
  readonly sign?: string;
}

const WIDTHS = { full: 1080, half: 520, narrow: 350 };

/**
 * A figure with its caption, drawn twice: for pages and for telephones, of which the reader sees one, so that texts in it
 * are never scaled to be unreadable. Its colors are those of the page.
 */
export function figure(text: FigureText, draw: (width: number) => PlotOptions): Html {
  const { id, title, caption, legend = [], width } = text;
  const svg = (name: "wide" | "narrow", pixels: number) => markup(svgOf(draw(pixels), { ...text, name, pixels }));
  return html`<figure id="${id}" class="${width}">
${legend.length === 0 ? html`<div></div>` : html`<ul class="legend" aria-label="Marks in this figure">${legend.map((entry) => html`<li>${swatch(entry)}${entry.name}</li>`)}</ul>`}
${svg("wide", WIDTHS[width])}
${svg("narrow", WIDTHS.narrow)}
<figcaption><strong>${title}.</strong> ${caption}</figcaption>
</figure>
`;
}

/** A figure without its caption, as a file of its own: its colors follow the reader's theme. */
export function standalone(
  text: Pick<FigureText, "id" | "title" | "description">,
  draw: (width: number) => PlotOptions,
): string {
  const pixels = 760;
  const svg = svgOf(draw(pixels), { ...text, name: "wide", pixels });
  const style = `<style>svg{${declarations(light)}color:var(--text);background:var(--paper);font-family:system-ui,sans-serif}@media (prefers-color-scheme:dark){svg{${declarations(dark)}}}</style>`;
  return `${svg.replace(/^<svg/, '<svg xmlns="http://www.w3.org/2000/svg"').replace(">", `>${style}`)}\n`;
}

interface Drawn extends Pick<FigureText, "id" | "title" | "description"> {
  readonly name: "wide" | "narrow";
  readonly pixels: number;
}

function svgOf(options: PlotOptions, { id, title, description, name, pixels }: Drawn): string {
  const { document } = parseHTML("<html><body></body></html>");
  const svg = plot({ ...options, width: pixels, document });
  for (const sheet of svg.querySelectorAll("style")) sheet.remove(); // the page has one
  for (const element of svg.querySelectorAll("*")) {
    // Parts of a picture that has a name of its own.
    for (const attribute of ["aria-label", "aria-hidden", "class"]) element.removeAttribute(attribute);
    for (const attribute of [...element.attributes]) attribute.value = rounded(attribute.name, attribute.value);
  }
  for (const attribute of ["height", "width", "style", "font-family"]) svg.removeAttribute(attribute);
  const key = `${id}-${name}`;
  for (const [tag, text] of [
    ["desc", description],
    ["title", title],
  ]) {
    const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
    element.setAttribute("id", `${key}-${tag}`);
    element.textContent = text;
    svg.prepend(element);
  }
  svg.setAttribute("class", name);
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-labelledby", `${key}-title ${key}-desc`);
  svg.setAttribute("font-size", "13");
  return svg.outerHTML;
}

/** Places to a tenth of a pixel, which no eye tells from more. */
function rounded(name: string, value: string): string {
  if (!/^(d|x|y|x1|x2|y1|y2|cx|cy|r|width|height|points|transform)$/.test(name)) return value;
  return value.replace(/-?\d+\.\d\d+(e-?\d+)?/g, (x) => String(Number(Number(x).toFixed(1))));
}

function swatch({ color, mark, dashes, sign = "" }: LegendEntry): Html {
  const shape = {
    bar: `<rect x="5" y="0" width="16" height="12" fill="${color}"/>`,
    line: `<line x1="0" y1="6" x2="26" y2="6" stroke="${color}" stroke-width="2.5"${dashes ? ` stroke-dasharray="${dashes}"` : ""}/>`,
    dot: `<circle cx="13" cy="6" r="4" fill="${color}"/>`,
    cross: `<path d="M9 2l8 8M17 2l-8 8" stroke="${color}" stroke-width="2"/>`,
    sign: `<text x="13" y="11" text-anchor="middle" font-size="13" fill="${color}">${sign}</text>`,
  }[mark];
  return markup(`<svg viewBox="0 0 26 12" aria-hidden="true" focusable="false">${shape}</svg>`);
}
