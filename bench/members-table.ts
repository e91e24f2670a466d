import { key as keyOf, pairedBootstrap } from "../src/numeric/index.ts";
import type { PublishedTable } from "./docs-tables.ts";
import { markdownTable } from "./markdown-table.ts";
import type { Measurement } from "./results.ts";

/** What `auto`, a learned score and both together did on one set. */
export interface Member extends Measurement {
  readonly set: string;
  readonly member: string;
  readonly key: number;
  readonly auto_auroc: number;
  readonly auto_ap: number;
  readonly alone_auroc: number;
  readonly alone_ap: number;
  readonly fused_auroc: number;
  readonly fused_ap: number;
  readonly weak_auroc: number;
  readonly weak_ap: number;
  readonly fit_seconds: number;
}

const HEAD = [
  "member",
  "alone",
  "auto",
  ...["fused", "weak"].flatMap((who) => [who, `${who} − auto, AUROC`, `${who} − auto, AP`]),
  "seconds a fit",
];

/** A head and a line a member: AUROC / average precision × 100, means over sets, and what a member adds to `auto`. */
export function membersSummary(all: readonly Member[]): readonly (readonly string[])[] {
  return [HEAD, ...[...new Set(all.map(({ member }) => member))].map((name) => line(name, all))];
}

/** A file of `bench/members.ts`. */
export const membersTable: PublishedTable = {
  file: "members-key0.parquet",
  render: (measured) => markdownTable(membersSummary(measured as readonly Member[])),
};

function line(name: string, all: readonly Member[]): string[] {
  const own = all.filter(({ member }) => member === name);
  const of = (column: keyof Member) => own.map((one) => 100 * (one[column] as number));
  const mean = (column: keyof Member) => of(column).reduce((sum, value) => sum + value, 0) / own.length;
  const pair = (who: string) => `${mean(`${who}_auroc`).toFixed(2)} / ${mean(`${who}_ap`).toFixed(2)}`;
  const gain = (who: string, measure: string) => {
    const pairs = [of(`${who}_${measure}`), of(`auto_${measure}`)] as const;
    const { difference, low, high } = pairedBootstrap(...pairs, keyOf("members"));
    return `${difference.toFixed(2)} [${low.toFixed(2)}, ${high.toFixed(2)}]`;
  };
  return [
    name,
    pair("alone"),
    pair("auto"),
    ...["fused", "weak"].flatMap((who) => [pair(who), gain(who, "auroc"), gain(who, "ap")]),
    (mean("fit_seconds") / 100).toFixed(1),
  ];
}
