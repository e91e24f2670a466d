/**
 * A text of others (a column's name, a cell, what a model file says of itself) as it may stand on a terminal: control
 * characters, by which a text can move the cursor, hide or overwrite lines, are written out, as in `\u001b`. Line ends
 * and tabs stay.
 */
export function visible(text: string): string {
  return text.replace(CONTROL, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** C0 without tab and line feed, DEL, C1, and the marks that turn the direction of writing. */
const CONTROL = /(?![\t\n])[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
