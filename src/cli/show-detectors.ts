import { type Detector, detectors } from "../detect/index.ts";
import { InputError } from "../errors/index.ts";
import { describeOptions, expectation } from "../options/index.ts";
import { formatFacts } from "./facts.ts";
import { outputWidth, type Terminal } from "./terminal.ts";
import { wrapText } from "./wrap-text.ts";
import { writeOut } from "./write-out.ts";

/** Shows the detector of a name, or all of them. */
export async function showDetectors(name: string | undefined, json: boolean, terminal: Terminal): Promise<void> {
  const shown = detectors.filter((detector) => name === undefined || detector.name === name);
  if (shown.length === 0) {
    const names = detectors.map((detector) => detector.name).join(", ");
    throw new InputError(`detectors: name: expected ${names}, got "${name}"`);
  }
  const text = json
    ? JSON.stringify({ detectors: shown.map(described) })
    : `${shown.map((detector) => entry(detector, terminal)).join("\n\n")}\n\nuse one: unseen fit normal.csv --detector ${name ?? "knn --k 5"} -o model.onnx`;
  await writeOut(terminal.stdout, `${text}\n`);
}

function described({ name, summary, cost, citation, holds, options }: Detector): object {
  const byDefault = name === detectors[0].name;
  return { name, default: byDefault, summary, cost, holds, citation, options: describeOptions(options) };
}

function entry({ name, summary, cost, citation, holds, options }: Detector, { out, stdout }: Terminal): string {
  const width = outputWidth(stdout);
  const flags = describeOptions(options).map(
    (option) => `${out.bold(option.flag)}: ${expectation(option)}; default ${option.default}\n  ${option.sentence}`,
  );
  const title = `${out.bold(name)}${name === detectors[0].name ? " (the default)" : ""}`;
  const facts = formatFacts(
    [
      ["options", ...flags],
      ["cost", cost],
      ["model holds", holds === "rows" ? "training rows" : "summaries of the training rows, no row"],
      ["paper", ...(citation === null ? ["none: our own method"] : [citation.text, citation.url])],
    ],
    width,
    out.dim,
  );
  return `${title}\n  ${wrapText(summary, width - 2, "  ")}\n${facts}`;
}
