import { parseHTML } from "linkedom";
import { expect } from "vitest";

/**
 * What holds for every page: nothing runs and nothing is loaded, headings are in order, each figure has a caption and each
 * picture a name and a description, anchors lead somewhere, names are unique.
 */
export function expectGoodPage(text: string): void {
  const { document } = parseHTML(text);
  const all = (selector: string) => [...document.querySelectorAll(selector)];
  expect(text.startsWith('<!DOCTYPE html>\n<html lang="en">')).toBe(true);
  expect(all("script, iframe, object, embed, form, base, img, video, audio, foreignObject")).toEqual([]);
  expect(all("[style]").length).toBe(0);
  for (const element of all("*"))
    for (const { name, value } of [...element.attributes]) {
      expect(name).not.toMatch(/^on/i);
      if (name === "src" || name === "srcset" || name === "xlink:href") expect(value).toBe("");
      if (name === "href") expect(value).toMatch(element.localName === "a" ? /^(#|https?:\/\/)/ : /^data:,$/);
    }
  expect(document.querySelector("style")!.textContent).not.toMatch(/url\(|@import|https?:/);
  const policy = document.querySelector("meta[http-equiv]")!.getAttribute("content");
  expect(policy).toBe("default-src 'none'; style-src 'unsafe-inline'; img-src data:");

  const levels = all("h1, h2, h3, h4").map(({ localName }) => Number(localName.slice(1)));
  expect(levels.filter((level) => level === 1)).toEqual([1]);
  levels.forEach((level, i) => {
    if (i > 0) expect(level - levels[i - 1]).toBeLessThanOrEqual(1);
  });
  for (const landmark of ["header", "nav", "main", "footer"]) expect(all(landmark).length).toBe(1);

  const names = all("[id]").map((element) => element.getAttribute("id")!);
  expect(new Set(names).size).toBe(names.length);
  const has = (name: string) => names.includes(name);
  for (const link of all('a[href^="#"]')) expect(has(link.getAttribute("href")!.slice(1))).toBe(true);
  for (const element of all("[aria-labelledby]"))
    for (const name of element.getAttribute("aria-labelledby")!.split(" ")) expect(has(name), name).toBe(true);

  expect(all("figure").length).toBeGreaterThan(0);
  for (const figure of all("figure")) {
    expect(figure.querySelector("figcaption")!.textContent!.length).toBeGreaterThan(60);
    const pictures = [...figure.querySelectorAll('svg[role="img"]')];
    expect(pictures.length).toBe(2);
    for (const picture of pictures) {
      expect(picture.querySelector("title")!.textContent).not.toBe("");
      expect(picture.querySelector("desc")!.textContent!.length).toBeGreaterThan(20);
      expect(picture.outerHTML).not.toMatch(/NaN|Infinity|undefined/);
    }
  }
  for (const svg of all("svg:not([role=img])")) expect(svg.getAttribute("aria-hidden")).toBe("true");
  for (const one of all("table")) {
    expect(one.querySelector("caption")!.textContent).not.toBe("");
    const columns = one.querySelectorAll("thead th").length;
    for (const row of one.querySelectorAll("tbody tr")) expect(row.children.length).toBe(columns);
  }
  expect(text).not.toMatch(/\[object |undefined|NaN/);
}
