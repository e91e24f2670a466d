import { existsSync, realpathSync } from "node:fs";
import { InputError } from "../errors/index.ts";
import { checkMade, type Synthesized, type SynthesizeOptions, synthesize, writeMade } from "../model/index.ts";
import { median } from "../numeric/index.ts";
import { count, counted, short } from "./number-text.ts";
import { openProgress } from "./progress.ts";
import type { SynthesizeFlags } from "./synthesize-flags.ts";
import type { Terminal } from "./terminal.ts";
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
  const names = [...new Set(families)].sort();
  return {
    rows: families.length,
    flagged,
    filled,
    reference: { source, rows: normals },
    families: names.map((family) => {
      const own = (values: Float64Array) => values.filter((_, i) => families[i] === family);
      const one = acceptance.find((entry) => entry.family === family);
      return {
        family,
        rows: own(radii).length,
        accepted: one && one.made > 0 ? one.accepted / one.made : null,
        medianRadius: median(own(radii)),
        medianScore: median(own(scores)),
      };
    }),
  };
}

function linesOf(output: string, made: Synthesized): readonly string[] {
  const facts = factsOf(made);
  return [
    `${output}: ${counted(facts.rows, "row")} made of ${counted(facts.reference.rows, "normal row")} (${facts.reference.source})`,
    ...facts.families.map(
      ({ family, rows, medianRadius, medianScore }) =>
        `  ${family}: ${count(rows)}, radius ${short(medianRadius)}, score ${short(medianScore)} (medians)`,
    ),
    `  ${count(facts.flagged)} of them flagged, as unseen score would`,
    ...(facts.filled > 0
      ? [`  ${counted(facts.filled, "row")} may lie among normal ones: none further out was found`]
      : []),
  ];
}
