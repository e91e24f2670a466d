/** A piece of HTML that may stand in a page as it is. */
export interface Html {
  readonly html: string;
}

/** What a template takes: HTML as it is, texts and numbers escaped, lists joined, nothing for null and false. */
export type HtmlValue = Html | string | number | null | undefined | false | readonly HtmlValue[];

/** HTML from a template. Every value that is not HTML itself is escaped, for text and for attributes in double quotes. */
export function html(texts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return { html: texts.map((text, i) => text + (i < values.length ? written(values[i]) : "")).join("") };
}

/** Markup that this layer made itself, such as a figure. */
export function markup(text: string): Html {
  return { html: text };
}

/** A text of others, escaped: characters of markup as references, control characters written out as in \u001b. */
export function escaped(text: string): string {
  return text
    .replace(CONTROL, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .replace(/[&<>"'`]/g, (c) => `&#${c.charCodeAt(0)};`);
}

function written(value: HtmlValue): string {
  if (value === null || value === undefined || value === false) return "";
  if (typeof value === "string") return escaped(value);
  if (typeof value === "number") return String(value);
  if ("html" in value) return value.html;
  return value.map(written).join("");
}

/** C0 and C1 without line ends and tabs, marks that turn the direction of writing, and halves of characters. */
const CONTROL =
  /(?![\t\n\r])[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/gu;
