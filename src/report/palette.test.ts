import { expect, test } from "vitest";
import { dark, light, type Palette } from "./palette.ts";

/** The contrast ratio of two colors (WCAG 2, "contrast ratio" and "relative luminance"). */
function contrast(a: string, b: string): number {
  const luminance = (color: string) => {
    const [r, g, b] = [1, 3, 5]
      .map((at) => Number.parseInt(color.slice(at, at + 2), 16) / 255)
      .map((x) => (x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

test("black on white has contrast 21", () => {
  expect(contrast("#000000", "#ffffff")).toBeCloseTo(21, 10);
  expect(contrast("#767676", "#ffffff")).toBeCloseTo(4.54, 2); // the known darkest gray that passes
});

const themes: readonly [string, Palette][] = [
  ["light", light],
  ["dark", dark],
];

test.each(themes)("%s: everything that is read has contrast 4.5 or more on the paper and on panels", (_, palette) => {
  for (const name of ["text", "quiet", "accent", "warning", "third", "fourth", "fifth"] as const)
    for (const behind of [palette.paper, palette.panel])
      expect(contrast(palette[name], behind), `${name} on ${behind}`).toBeGreaterThanOrEqual(4.5);
});
