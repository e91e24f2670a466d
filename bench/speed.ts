/**
 * How fast the built library is, against targets and against scikit-learn on the same machine in the same minutes:
 * (a) the command line as a process, (b) `auto`, time and memory, (c) one row at a time, (d) isolation forest and
 * nearest neighbors beside scikit-learn (a Python with it: UNSEEN_PYTHON, or python3), (e) a file of a million rows and
 * 80 columns beside DuckDB alone, with --rows 10 also the memory for ten million. Medians of alternated runs.
 *
 *   npm run build && tsx bench/speed.ts [--parts a,b,c,d,e] [--runs 5] [--rows 1]
 */
import { parseArgs } from "node:util";
import { version } from "../src/model/index.ts";
import { integer, machine, report, runBenchmark } from "./command-line.ts";
import { writeParquet } from "./results.ts";
import { builtLibrary } from "./speed-library.ts";
import { autoAlone, wholeProcess } from "./speed-process.ts";
import type { Speed } from "./speed-result.ts";
import { oneRowAtATime } from "./speed-rows.ts";
import { largeFile } from "./speed-scale.ts";
import { againstScikit } from "./speed-scikit.ts";
import { textTable } from "./text-table.ts";

await runBenchmark(async () => {
  const { values } = parseArgs({
    options: {
      parts: { type: "string", default: "a,b,c,d,e" },
      runs: { type: "string", default: "5" },
      rows: { type: "string", default: "1" },
    },
  });
  const runs = integer("runs", values.runs, 1);
  const millions = integer("rows", values.rows, 1);
  const library = await builtLibrary();
  const measured: Speed[] = [];
  for (const part of values.parts.split(",")) {
    report(`part ${part}`);
    if (part === "a") measured.push(...(await wholeProcess(library, runs)));
    if (part === "b") measured.push(...autoAlone(runs));
    if (part === "c") measured.push(...(await oneRowAtATime(library)));
    if (part === "d") measured.push(...(await againstScikit(library, runs)));
    if (part === "e") measured.push(...(await largeFile(library, { runs, millions })));
  }
  const path = await writeParquet(
    "speed",
    measured.map((speed) => ({ ...speed, runs, version, machine: machine() })),
  );
  const cells = measured.map(({ part, what, value, unit, target, scikit }) => [
    `${part}  ${what}`,
    `${value.toPrecision(3)} ${unit}`,
    target === null ? "" : `${value < target ? "" : "missed "}< ${target} ${unit}`,
    scikit === null ? "" : `${scikit.toPrecision(3)} ${unit}`,
    scikit === null ? "" : `${(scikit / value).toFixed(2)} ×`,
  ]);
  console.log(`${machine()}; medians of ${runs} runs\n`);
  console.log(textTable([["", "unseen", "target", "scikit-learn", "as fast as it"], ...cells]));
  console.log(`\nEvery number: ${path}`);
});
