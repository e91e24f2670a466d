import { visible } from "./visible.ts";

/**
 * A text in lines of at most `width` characters, broken at spaces; the lines after the first are indented, beyond the
 * width. Line ends in the text stay, other control characters are written out.
 */
export function wrapText(text: string, width: number, indent = ""): string {
  return visible(text)
    .split("\n")
    .flatMap((line) => wrapLine(line, width))
    .join(`\n${indent}`);
}

function wrapLine(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/ +/)) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
