import fc from "fast-check";
import { parseHTML } from "linkedom";
import { expect, test } from "vitest";
import { escaped, html, markup } from "./html.ts";

test("values are escaped, HTML is not, lists are joined, null and false are nothing", () => {
  const item = (text: string) => html`<li title="${text}">${text}</li>`;
  const { html: list } = html`<ul>${["<b>", "\"&'"].map(item)}${null}${false}${3}</ul>${markup("<hr>")}`;
  expect(list).toBe(
    '<ul><li title="&#60;b&#62;">&#60;b&#62;</li><li title="&#34;&#38;&#39;">&#34;&#38;&#39;</li>3</ul><hr>',
  );
});

test("control characters, turns of direction and halves of characters are written out", () => {
  expect(escaped("a\u0000b\u202ec\ud800d\u0085")).toBe("a\\u0000b\\u202ec\\ud800d\\u0085");
  expect(escaped("line\nnext\ttab 😀 é 中")).toBe("line\nnext\ttab 😀 é 中");
});

test("whatever the text, a reader of HTML gets it back, in an element and in an attribute", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (text) => {
      const { document } = parseHTML(html`<html><body><p title="${text}">${text}</p></body></html>`.html);
      const p = document.querySelector("p")!;
      const seen = text.replace(/(?![\t\n\r])[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, "");
      const drop = (s: string) => s.replace(/\\u[0-9a-f]{4}/g, "");
      expect(drop(p.textContent!)).toBe(drop(seen));
      expect(drop(p.getAttribute("title")!)).toBe(drop(seen));
      expect(document.querySelectorAll("p *").length).toBe(0);
    }),
  );
});
