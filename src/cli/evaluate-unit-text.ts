import { clip } from "./text-table.ts";

/** 0.958 in a table: three digits, and what is not 0 or 1 does not look like it. */
export function unitText(value: number): string {
  if (value < 1 && value >= 0.9995) return ">0.999";
  return value > 0 && value < 0.0005 ? "<0.001" : value.toFixed(3);
}

/** 0.0523 → "5.2 %" in a table: one digit, and what is not none or all does not look like it. */
export function shareText(share: number): string {
  if (share < 1 && share >= 0.9995) return ">99.9 %";
  return share > 0 && share < 0.0005 ? "<0.1 %" : `${(100 * share).toFixed(1)} %`;
}

/** The name of a candidate in a table: the end of a long one is cut off, but not that it is untrained. */
export function clipName(name: string, length: number): string {
  const [, own, untrained = ""] = /^(.*?)(, untrained)?$/s.exec(name)!;
  return name.length <= length || untrained === ""
    ? clip(name, length)
    : `${clip(own, length - untrained.length)}${untrained}`;
}
