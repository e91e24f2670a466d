import { smallestPValue } from "../calibrate/index.ts";
import { type Manifest, readModelFile } from "../model/index.ts";
import {
  aside,
  calibrationText,
  columnsText,
  contaminationText,
  contentsText,
  detectorText,
  knownText,
  leastFitText,
  tunedText,
} from "../report/index.ts";
import { formatFacts } from "./facts.ts";
import type { InspectFlags } from "./inspect-flags.ts";
import { bytes, counted } from "./number-text.ts";
import { scoreCommand } from "./score-command.ts";
import { outputWidth, type Terminal } from "./terminal.ts";
import { formatTable } from "./text-table.ts";
import { writeOut } from "./write-out.ts";

/** Shows what a model file says of itself. The file is verified; nothing of it runs. */
export async function inspectModel(path: string, { json }: InspectFlags, { stdout, out }: Terminal): Promise<void> {
  const { bytes: file, manifest } = await readModelFile(path);
  if (json) {
    const smallest = smallestPValue(manifest.calibration.units);
    await writeOut(
      stdout,
      `${JSON.stringify({ model: path, bytes: file.length, smallestPValue: smallest, ...manifest, contents: contentsText(manifest) })}\n`,
    );
    return;
  }
  const width = outputWidth(stdout);
  const { detector, source, key, version, format } = manifest;
  const { citation } = detector;
  const facts = formatFacts(
    [
      ["detector", ...detectorText(manifest)],
      ["paper", ...(citation === null ? [] : [`${citation.text} ${citation.url}`])],
      ["columns", columnsText(manifest)],
      ["left aside", ...aside(manifest, 8)],
      ["calibration", ...calibrationText(manifest)],
      ["learned from", ...sourceText(manifest)],
      ["known", ...knownText(manifest, 20)],
      ["tuned", ...tunedText(manifest)],
      ["contamination", ...contaminationText(manifest)],
      ["fit least", ...leastFitText(manifest)],
      ["contents", ...contentsText(manifest)],
      ["key", String(key)],
      ["fingerprint", `${source.fingerprint.slice(0, 16)}… (of the rows learned from)`],
      ["written by", `unseen ${version}, format ${format}`],
    ],
    width,
    out.dim,
  );
  const prepared = new Map(manifest.facts.map((column) => [column.name, column.facts.join("; ")]));
  const table = formatTable(
    [{ title: "column" }, { title: "kind" }, { title: "prepared" }],
    manifest.columns.map(({ name, kind }) => [name, kind, prepared.get(name) || "as it is"]),
    out.dim,
  );
  const outputs = manifest.nearestClasses === null ? "score and p_value" : "score, p_value and nearest_class";
  const taken = manifest.images ? "images" : counted(manifest.columns.length, "column");
  const title = `${out.bold(path)}: a model, ${bytes(file.length)}, ${taken} in, ${outputs} out`;
  const next = `next: ${out.bold(scoreCommand(manifest, path))}`;
  const parts = [`${title}\n${facts}`, ...(manifest.images ? [] : [table]), next];
  await writeOut(stdout, `${parts.join("\n\n")}\n`);
}

function sourceText({ source }: Manifest): string[] {
  const { description, rows, label, normal, where, sql } = source;
  return [
    `${description}, ${counted(rows, "normal row")}`,
    ...(label === null ? [] : [`normal: ${label} = ${normal.join(" or ")}`]),
    ...(where === null ? [] : [`--where ${where}`]),
    ...(sql === null ? [] : [`--sql ${sql} (unseen score applies it too)`]),
  ];
}
