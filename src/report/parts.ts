import { short } from "../numeric/index.ts";
import type { Fact } from "./fact.ts";
import { type Html, type HtmlValue, html } from "./html.ts";

/** A column of a table; numbers stand at its right. */
export interface Heading {
  readonly title: string;
  readonly align?: "right";
  /** Whether its cells hold sentences, and take room. */
  readonly sentences?: boolean;
}

/** A table that scrolls by itself where it is wider than the page; the first cell of a row is its heading. */
export function table(caption: string, headings: readonly Heading[], rows: readonly (readonly HtmlValue[])[]): Html {
  const kind = ({ align, sentences }: Heading) =>
    align === "right" ? html` class="n"` : sentences ? html` class="s"` : null;
  const head = headings.map((heading) => html`<th scope="col"${kind(heading)}>${heading.title}</th>`);
  const body = rows.map(
    (row) =>
      html`<tr>${row.map((cell, j) => (j === 0 ? html`<th scope="row"${kind(headings[j])}>${cell}</th>` : html`<td${kind(headings[j])}>${cell}</td>`))}</tr>
`,
  );
  return html`<div class="table" role="region" aria-label="${caption}" tabindex="0"><table>
<caption>${caption}</caption>
<thead><tr>${head}</tr></thead>
<tbody>
${body}</tbody>
</table></div>
`;
}

/** Labels and what there is to say of each. Those without a text are left out. */
export function facts(list: readonly Fact[]): Html {
  const shown = list.filter(([, ...texts]) => texts.length > 0);
  return html`<dl class="facts">${shown.map(([label, ...texts]) => html`<dt>${label}</dt>${texts.map((text) => html`<dd>${text}</dd>`)}`)}</dl>
`;
}

/** A number that matters, with a word on what it is and one on how to read it. */
export interface Tile {
  readonly label: string;
  readonly value: string;
  readonly note?: string;
  readonly warning?: boolean;
}

export function tiles(list: readonly Tile[]): Html {
  return html`<dl class="tiles">${list.map(
    ({ label, value, note, warning }) =>
      html`<div><dt>${label}</dt><dd${warning ? html` class="flag"` : null}>${value}${note === undefined ? null : html`<small>${note}</small>`}</dd></div>`,
  )}</dl>
`;
}

/** Sentences as a list. */
export function points(sentences: readonly HtmlValue[]): Html | null {
  return sentences.length === 0
    ? null
    : html`<ul class="points">${sentences.map((text) => html`<li>${typeof text === "string" ? unbroken(text) : text}</li>`)}</ul>
`;
}

/** A doubt that the reader should not miss. */
export function note(text: string): Html {
  return html`<p class="note"><strong>Note.</strong> ${unbroken(text.charAt(0).toUpperCase() + text.slice(1))}</p>
`;
}

/** What may be long, behind its summary; open on paper. */
export function details(summary: HtmlValue, body: HtmlValue): Html {
  return html`<details><summary>${summary}</summary><div>${body}</div></details>
`;
}

/** A paper with its address, which is a link only where it is one of the web. */
export function citation({ text, url }: { readonly text: string; readonly url: string }): Html {
  if (!/^https?:\/\//i.test(url)) return html`${text} ${url}`;
  return html`${text} <a href="${url}" rel="noreferrer">${url}</a>`;
}

/** A sentence in which no line ends between a number and its sign. */
export function unbroken(text: string): string {
  return text.replace(/(\d) %/g, "$1\u00a0%").replace(/p ([≤≥=]) /g, "p\u00a0$1\u00a0");
}

/** A score, or a part of one: three significant digits, as a power of ten where it is huge. */
export function scoreText(score: number): string {
  return Math.abs(score) >= 1e7 ? score.toExponential(2).replace("e+", "e") : short(score);
}

/** A text of at most `length` characters, its end cut off where it is longer. */
export function clipped(text: string, length = 160): string {
  const characters = text.length > length ? Array.from(text) : [];
  return characters.length > length ? `${characters.slice(0, length - 1).join("")}…` : text;
}
