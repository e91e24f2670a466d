import { InputError } from "../../errors/index.ts";
import { contaminated } from "./contaminated.ts";
import { fewLabels } from "./few-labels.ts";
import { fixedSplit } from "./fixed-split.ts";
import { oneClass } from "./one-class.ts";
import type { Protocol } from "./protocol.ts";
import { shift } from "./shift.ts";
import { unseenClass } from "./unseen-class.ts";

/** All protocols, the default first. */
export const protocols: readonly Protocol[] = [
  oneClass as Protocol,
  unseenClass as Protocol,
  fewLabels as Protocol,
  contaminated as Protocol,
  shift as Protocol,
  fixedSplit as Protocol,
];

/** A protocol by its name. Throws an InputError that lists them. */
export function protocolNamed(name: string): Protocol {
  const found = protocols.find((protocol) => protocol.name === name);
  if (found) return found;
  throw new InputError(
    `evaluate: --protocol: expected ${protocols.map(({ name }) => name).join(", ")}, got ${JSON.stringify(name)}`,
  );
}

export { straddling } from "./duplicates.ts";
export type { Protocol, Rows } from "./protocol.ts";
