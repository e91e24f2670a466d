import { existsSync, realpathSync } from "node:fs";
import { FAMILY_WORDS, MADE_FAMILIES } from "../detect/index.ts";
import { InputError } from "../errors/index.ts";
import { checkMade, type Synthesized, type SynthesizeOptions, synthesize, writeMade } from "../model/index.ts";
import { median } from "../numeric/index.ts";
import { count, counted, short } from "./number-text.ts";
import { openProgress } from "./progress.ts";
import type { SynthesizeFlags } from "./synthesize-flags.ts";
import type { Terminal } from "./terminal.ts";
import { formatTable } from "./text-table.ts";
import { writeOut } from "./write-out.ts";

/** Makes rows, writes them, and says what they are. */
export async function synthesizeFile(
  model: string,
  output: string,
  flags: SynthesizeFlags,
  terminal: Terminal,
): Promise<void> {
  const { rows, families, reference, prefix, key, workers, json } = flags;
  const { signal, guard, stdout, say } = terminal;
  checkMade(output, [], prefix);
  for (const [what, path] of Object.entries({ model, reference }))
    if (path !== undefined && existsSync(output) && existsSync(path) && realpathSync(output) === realpathSync(path))
      throw new InputError(
        `synthesize: --output: ${output}: expected another path than the ${what}'s; the ${what} would be lost`,
      );
  const progress = openProgress(terminal, { json });
  try {
    const made = await synthesize(model, {
      key,
      rows,
      families: families as SynthesizeOptions["families"],
      reference,
      workers,
      signal,
      onCall: guard.onCall,
      onProgress: ({ stage, done, total }) => progress.update(stage, done, total, { unit: "steps" }),
    });
    await writeMade(output, made, prefix);
    progress.end();
    if (json) await writeOut(stdout, `${JSON.stringify({ output, ...factsOf(made) })}\n`, signal);
    else for (const line of linesOf(output, made)) say(line);
  } finally {
    progress.end();
  }
}

/** What of each family: how many, how far out, how the model scores them. */
function factsOf({ families, radii, scores, flagged, source, normals, acceptance, filled }: Synthesized) {
  const names = MADE_FAMILIES.filter((family) => families.includes(family));
  return {
    rows: families.length,
    flagged: ones(flagged),
    filled,
    reference: { source, rows: normals },
    families: names.map((family) => {
      const own = <T extends Float64Array | Uint8Array>(values: T) =>
        values.filter((_, i) => families[i] === family) as T;
      const one = acceptance.find((entry) => entry.family === family);
      return {
        family,
        rows: own(radii).length,
        flagged: ones(own(flagged)),
        accepted: one && one.made > 0 ? one.accepted / one.made : null,
        medianRadius: median(own(radii)),
        medianScore: median(own(scores)),
      };
    }),
  };
}

const ones = (flags: Uint8Array): number => flags.reduce((total, flag) => total + flag, 0);

function linesOf(output: string, made: Synthesized): readonly string[] {
  const facts = factsOf(made);
  const columns = ["family", "rows", "flagged", "radius", "a row of it"].map((title, c) => ({
    title,
    align: c === 0 || c === 4 ? ("left" as const) : ("right" as const),
  }));
  return [
    `${output}: ${counted(facts.rows, "row")} made of ${counted(facts.reference.rows, "normal row")} (${facts.reference.source})`,
    formatTable(
      columns,
      facts.families.map(({ family, rows, flagged, medianRadius }) => [
        family,
        count(rows),
        count(flagged),
        short(medianRadius),
        FAMILY_WORDS[family],
      ]),
    ),
    "radius (medians): distance to the nearest normal row; 1 is the edge, 19 of 20 normal rows lie within it",
    `flagged: as unseen score would; ${count(facts.flagged)} of ${count(facts.rows)}`,
    ...(facts.filled > 0
      ? [`${counted(facts.filled, "row")} may lie among normal ones: none further out was found`]
      : []),
    "changed, in the file: what was moved most from the normal row that each began as",
  ];
}
