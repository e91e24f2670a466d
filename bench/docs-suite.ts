import {
  type BenchDifference,
  type BenchRanks,
  CONTROL,
  mainVariant,
  type ResultRow,
  ranksOf,
  setDifferences,
  summaryLines,
  testOf,
  throughout,
  trainingAdds,
} from "../src/evaluate/index.ts";
import { criticalDifferenceFigure } from "./docs-figure.ts";

/** A part of a suite as Markdown, and its figure as a file of its own; null where ranks mean nothing. */
export interface SuiteSection {
  readonly markdown: string;
  readonly figure: { readonly file: string; readonly svg: string } | null;
}

/** One part of a suite: protocol, table, ranks, what training adds, gains and losses, who is not in it. */
export function suiteSection(rows: readonly ResultRow[]): SuiteSection {
  const ranks = ranksOf(rows, "ap");
  const figure = ranks && figureOf(rows, ranks);
  const blocks = [
    protocol(rows),
    table(rows, ranks),
    ranks && significance(ranks, nounOf(rows)),
    figure && `![${figure.alt}](${figure.file})`,
    verdict(rows),
    training(rows),
    gains(rows),
    absent(rows),
  ];
  return { markdown: blocks.filter((block) => block !== null && block !== "").join("\n\n"), figure };
}

function protocol(rows: readonly ResultRow[]): string {
  const tests = new Set(rows.map(testOf)).size;
  const keys = unique(rows.map(({ key }) => String(key)));
  const made = unique(
    rows.map(
      ({ version, code, onnxruntime, machine, node, at_once }) =>
        `Unseen ${version} (code ${code}), ONNX Runtime ${onnxruntime}, Node ${node}, ${machine}, ${at_once === 1 ? "one measurement" : `${at_once} measurements`} at once`,
    ),
  );
  return `**Protocol.** ${tests} ${tests === 1 ? "test" : nounOf(rows)}; ${rows[0].protocol}; ${keys.length === 1 ? "key" : "means over keys"} ${keys.join(", ")}. Made with ${made.join("; ")}.`;
}

function table(rows: readonly ResultRow[], ranks: BenchRanks | null): string {
  const lines = summaryLines(rows);
  const all = new Set(rows.map(testOf)).size;
  const [variants, flagged] = [
    unique(lines.map(({ variant }) => variant)).length > 1,
    lines.some(({ recallFlagged }) => !Number.isNaN(recallFlagged)),
  ];
  const best = (of: (line: (typeof lines)[number]) => number) => Math.max(...lines.map(of));
  const [bestAuroc, bestAp] = [best(({ auroc }) => auroc), best(({ ap }) => ap)];
  const strong = (value: number, top: number) => (value === top ? `**${value.toFixed(2)}**` : value.toFixed(2));
  const head = [
    "detector",
    ...(variants ? ["learns from"] : []),
    "AUROC",
    "minus 1-NN",
    "AP",
    "minus 1-NN",
    "recall at 1 %",
    ...(flagged ? ["flagged of anomalies", "of normal rows"] : []),
    ...(ranks ? ["mean rank (AP)"] : []),
    "fit s",
    "score s",
    "kB",
  ];
  const body = lines.map((line) => {
    const rank = line.variant === mainVariant(rows) ? ranks?.ranks.find(({ name }) => name === line.name) : undefined;
    return [
      line.sets < all ? `${line.name} (${line.sets} of ${all})` : line.name,
      ...(variants ? [line.variant.replace("fit", "`fit`")] : []),
      strong(line.auroc, bestAuroc),
      line.minus ? interval(line.minus.auroc) : "",
      strong(line.ap, bestAp),
      line.minus ? interval(line.minus.ap) : "",
      line.recall.toFixed(2),
      ...(flagged ? [line.recallFlagged.toFixed(1), line.falseAlarms.toFixed(2)] : []),
      ...(ranks ? [rank === undefined ? "" : rank.rank.toFixed(2)] : []),
      line.fitSeconds.toFixed(2),
      line.scoreSeconds.toFixed(2),
      (line.bytes / 1000).toFixed(line.bytes < 10_000 ? 1 : 0),
    ];
  });
  return markdownTable(head, body);
}

function significance({ ranks, sets, pValue, criticalDifference }: BenchRanks, noun: string): string {
  const p = pValue < 1e-4 ? "p < 0.0001" : `p = ${pValue.toFixed(4)}`;
  return `**Ranks.** By average precision over ${sets} ${noun} the ${ranks.length} detectors are ${pValue <= 0.05 ? "not alike" : "not told apart"} (Friedman, ${p}); mean ranks further apart than ${criticalDifference.toFixed(2)} differ at 5 %, all pairs tried (Nemenyi). Bars join what is not told apart.`;
}

function figureOf(rows: readonly ResultRow[], ranks: BenchRanks): { file: string; svg: string; alt: string } {
  const { suite, part } = rows[0];
  const cap = Number.isNaN(rows[0].max_train) ? "-all" : "";
  const file = `critical-difference-${[suite, part].filter(Boolean).join("-")}${cap}.svg`;
  const alt = `Mean ranks by average precision, ${suite}${part === "" ? "" : `, ${part}`}: ${ranks.ranks.map(({ name, rank }) => `${name} ${rank.toFixed(2)}`).join(", ")}`;
  return { file, svg: criticalDifferenceFigure(ranks, "average precision"), alt };
}

/** Who is above and below the control beyond what the choice of sets explains. */
function verdict(rows: readonly ResultRow[]): string {
  const lines = summaryLines(rows).filter(({ name, variant }) => variant === mainVariant(rows) && name !== CONTROL);
  const judged = lines.filter(({ minus }) => minus !== null && minus.ap.sets > 1);
  if (judged.length === 0) return "";
  const sentence = (measure: "auroc" | "ap", called: string) => {
    const named = (holds: (d: BenchDifference) => boolean) =>
      judged
        .filter(({ minus }) => holds(minus![measure]))
        .map(({ name }) => `\`${name}\``)
        .join(", ") || "none";
    return `in ${called} better: ${named(({ low }) => low > 0)}; worse: ${named(({ high }) => high < 0)}`;
  };
  return `**Against 1-NN**, beyond what the choice of ${nounOf(rows)} explains (the interval is without 0): ${sentence("auroc", "AUROC")}; ${sentence("ap", "AP")}.`;
}

function training(rows: readonly ResultRow[]): string {
  const trained = trainingAdds(rows);
  if (trained.length === 0) return "";
  const body = trained.map(({ name, auroc, ap }) => [name, interval(auroc), interval(ap)]);
  return `**What training adds**, paired against the untrained twin (\`steps: 0\`, all else equal), ${mainVariant(rows)}:\n\n${markdownTable(["detector", "AUROC", "AP"], body)}`;
}

function gains(rows: readonly ResultRow[]): string {
  const names = throughout(rows).filter(
    (name) => name !== CONTROL && rows.every((row) => row.name !== name || row.twin_of === ""),
  );
  const body = names.flatMap((name) => {
    const all = setDifferences(rows, name);
    if (all.length < 6) return [];
    const shown = (some: typeof all) => some.map(({ set, ap }) => `${set} ${signed(ap, 0)}`).join(", ");
    return [[name, shown(all.slice(0, 3)), shown(all.slice(-3).reverse())]];
  });
  if (body.length === 0) return "";
  return `**Where they differ from 1-NN most**, in AP × 100, ${mainVariant(rows)}:\n\n${markdownTable(["detector", "gains", "losses"], body)}`;
}

/** Detectors that were left out for their time, and refusals. */
function absent(rows: readonly ResultRow[]): string {
  const kept = throughout(rows);
  const left = unique(rows.map(({ name }) => name)).filter((name) => !kept.includes(name));
  const main = left.filter((name) => rows.some((row) => row.name === name && row.twin_of === ""));
  const slow = main.map((name) => {
    const fits = rows.filter((row) => row.name === name && row.variant === mainVariant(rows) && row.error === "");
    const mean = fits.reduce((sum, row) => sum + row.fit_cpu_seconds, 0) / fits.length;
    return `\`${name}\` (${mean.toFixed(1)} s a fit on the first ${fits.length === 1 ? "set" : `${fits.length} sets`})`;
  });
  const refused = rows.filter(({ error, name }) => error !== "" && kept.includes(name));
  const refusals = unique(refused.map((row) => `\`${row.name}\` on ${testOf(row)}: ${row.error.split("\n")[0]}`));
  return [
    slow.length > 0 ? `Left out for their time: ${slow.join(", ")}.` : "",
    refusals.length > 0 ? `Not measured: ${refusals.join("; ")}.` : "",
  ]
    .filter(Boolean)
    .join(" ");
}

/** What means are taken over. */
function nounOf(rows: readonly ResultRow[]): string {
  return rows.some(({ split }) => split !== "") ? "held-out classes" : "sets";
}

function markdownTable(head: readonly string[], body: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), `|${head.map(() => "---|").join("")}`, ...body.map(line)].join("\n");
}

function interval({ difference, low, high, sets }: BenchDifference): string {
  return sets < 2 ? signed(difference, 2) : `${signed(difference, 2)} [${signed(low, 2)}, ${signed(high, 2)}]`;
}

function signed(x: number, digits: number): string {
  const text = Math.abs(x).toFixed(digits);
  return `${x < 0 && Number(text) > 0 ? "−" : "+"}${text}`;
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)];
}
