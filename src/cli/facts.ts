import type { Fact } from "../report/index.ts";
import { wrapText } from "./wrap-text.ts";

/** Labels in one column and their texts in another, wrapped at the width. Facts without a text are left out. */
export function formatFacts(facts: readonly Fact[], width: number, dim: (text: string) => string): string {
  const shown = facts.filter(([, ...texts]) => texts.length > 0);
  const column = Math.max(...shown.map(([label]) => label.length)) + 2;
  const indent = " ".repeat(column + 2);
  return shown
    .map(([label, ...texts]) => {
      const body = texts.map((text) => wrapText(text, width - indent.length, indent));
      return `  ${dim(label.padEnd(column))}${body.join(`\n${indent}`)}`;
    })
    .join("\n");
}
