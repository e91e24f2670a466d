import type { Section } from "../page.ts";
import { note, points } from "../parts.ts";

/** What the flags promise, sentence by sentence, and what speaks against it. */
export function guaranteeSection(guarantee: readonly string[], doubts: readonly string[]): Section {
  return {
    id: "guarantee",
    short: "Guarantee",
    title: "What the flags guarantee",
    body: [doubts.map((text) => note(text)), points(guarantee)],
  };
}
