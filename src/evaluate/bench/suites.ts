import { InputError } from "../../errors/index.ts";
import { adbench } from "./adbench.ts";
import { intrusion } from "./intrusion.ts";
import { oddbench } from "./oddbench.ts";
import type { Suite } from "./suite.ts";

/** The suites, in the order of the documentation. */
export const suites: readonly Suite[] = [oddbench, adbench, intrusion];

/** Throws an InputError for a name that is none. */
export function suiteNamed(name: string): Suite {
  const found = suites.find((suite) => suite.name === name);
  if (found) return found;
  const names = suites.map((suite) => suite.name).join(", ");
  throw new InputError(`bench: suite: expected one of ${names}, got ${JSON.stringify(name)}`);
}
