import { type ColumnProfile, type InferredColumn, identifier, looksLikeLabel } from "../data/index.ts";
import type { InspectFlags } from "./inspect-flags.ts";
import { counted } from "./number-text.ts";
import { shellWord } from "./shell-word.ts";

/** Columns that would be learned from and look like something else. */
export function doubts(columns: readonly InferredColumn[], profiles: readonly ColumnProfile[]): string[] {
  return columns.flatMap((column, i) => {
    const { name } = column;
    const values = profiles[i].top
      .slice(0, 4)
      .map(({ text, count: rows }) => `${plain(text)} in ${counted(rows, "row")}`);
    const says = `"${name}" (${values.join(", ")}${profiles[i].top.length > 4 ? ", …" : ""}) looks like`;
    const like = doubt(column);
    if (like === "label")
      return [`${says} a label: --label learns from the --normal rows only, --ignore leaves it aside`];
    if (like === "split") return [`${says} a split of the rows: --where takes one part, --ignore leaves it aside`];
    return [];
  });
}

/** Whole numbers of a column of doubles come as "1.0". */
export const plain = (text: string) => text.replace(/^(-?\d+)\.0$/, "$1");

/** The value of a split that names the rows to learn from, or the most frequent one. */
function trainingPart({ top }: ColumnProfile): string {
  return (top.find(({ text }) => /^(train|training|fit|learn)$/i.test(text)) ?? top[0])?.text ?? "train";
}

const doubt = ({ name, used, distinct }: InferredColumn) => (used ? looksLikeLabel(name, distinct) : null);

/** The command that fits what was inspected, doubtful columns settled as far as can be guessed. */
export function nextFit(
  path: string,
  flags: InspectFlags,
  columns: readonly InferredColumn[],
  profiles: readonly ColumnProfile[],
): string {
  const [labels, splits] = (["label", "split"] as const).map((kind) =>
    columns.flatMap((column, i) => (doubt(column) === kind ? [profiles[i]] : [])),
  );
  const most = ({ top }: ColumnProfile) => shellWord(plain(top[0]?.text ?? "VALUE"));
  const where =
    flags.where ?? (splits.length > 0 ? `${sqlName(splits[0].name)} = '${trainingPart(splits[0])}'` : undefined);
  const byLabel = splits.length === 0 ? labels.slice(0, 1) : [];
  const ignored = [...splits, ...labels].filter((profile) => !byLabel.includes(profile)).map(({ name }) => name);
  const names = [...(flags.ignore ?? []), ...ignored].map(listed);
  return [
    `unseen fit ${shellWord(path)}`,
    ...Object.entries(flags.column ?? {}).map(([name, kind]) => `--column ${shellWord(`${name}=${kind}`)}`),
    ...(flags.sql === undefined ? [] : [`--sql ${shellWord(flags.sql)}`]),
    ...(where === undefined ? [] : [`--where ${where.includes('"') ? shellWord(where) : `"${where}"`}`]),
    ...byLabel.map((profile) => `--label ${shellWord(profile.name)} --normal ${most(profile)}`),
    ...(["delimiter", "header", "format"] as const).flatMap((name) =>
      flags[name] === undefined ? [] : [`--${name} ${shellWord(flags[name])}`],
    ),
    ...(flags.missing === undefined ? [] : [`--missing ${shellWord(flags.missing.map(listed).join(","))}`]),
    ...(names.length > 0 ? [`--ignore ${shellWord(names.join(","))}`] : []),
    "-o model.onnx",
  ].join(" ");
}

const listed = (name: string) => (/[",]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name);

const sqlName = (name: string) => (/^[a-z_]\w*$/i.test(name) ? name : identifier(name));
