import { InputError } from "../errors/index.ts";
import type { Known } from "./detector.ts";

/** The known anomalous rows of a detector that needs some. Throws an InputError where there are none, with the remedy. */
export function requireKnown(who: string, known: Known | undefined, columns: number, otherwise = ""): Known {
  if (known === undefined || known.rows.rows === 0)
    throw new InputError(
      `${who}: known anomalous rows: expected at least one, got none; pass --label and --normal, with some rows of other labels${otherwise}`,
    );
  if (known.rows.columns !== columns)
    throw new InputError(
      `${who}: known anomalous rows: expected ${columns} columns as the normal rows have, got ${known.rows.columns}`,
    );
  return known;
}
