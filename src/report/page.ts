import { type Html, type HtmlValue, html, markup } from "./html.ts";
import { style } from "./style.ts";

/** A part of a page, under a heading of its own and in the list of contents. */
export interface Section {
  /** Its anchor. */
  readonly id: string;
  /** In the list of contents. */
  readonly short: string;
  readonly title: string;
  readonly body: HtmlValue;
}

export interface Page {
  readonly title: string;
  /** Under the title: what was done, in a sentence or two. */
  readonly lead: HtmlValue;
  /** Below the lead, before the list of contents. */
  readonly overview: HtmlValue;
  readonly sections: readonly Section[];
  readonly footer: HtmlValue;
}

/**
 * A page as one HTML file: no script, nothing fetched (a policy in the file forbids both), the style inside, the parts as
 * landmarks with a list of contents and a link that skips it.
 */
export function page({ title, lead, overview, sections, footer }: Page): string {
  const { html: text } = html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${markup(style)}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<div class="frame">
<header>
<p class="brand">Unseen report</p>
<h1>${title}</h1>
<p class="lead">${lead}</p>
${overview}
</header>
<nav aria-label="Contents"><ul>${sections.map(({ id, short }) => html`<li><a href="#${id}">${short}</a></li>`)}</ul></nav>
<main id="main">
${sections.map(sectionHtml)}
</main>
<footer>${footer}</footer>
</div>
</body>
</html>
`;
  return text;
}

function sectionHtml({ id, title, body }: Section): Html {
  return html`<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${title}</h2>
${body}
</section>
`;
}
