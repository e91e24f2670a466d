import type { GuaranteeFacts } from "./guarantee-facts.ts";

/**
 * The largest probability of flagging a normal row at level α when `rows` of `of` rows given as normal were dropped before
 * calibration, as those that rank highest by some score, and all of them were normal:
 *
 *     α + (1 − α) c,  c = rows / (of + 1)
 *
 * A new normal row ranks among the highest `rows` of all `of` + 1 with probability c at most; otherwise it is
 * exchangeable with the rows that were kept, and is flagged with probability at most α. Where all dropped rows were
 * anomalous the bound is α itself. Assumes that the score by which rows are dropped is the same whether or not the new row
 * is among them: a score learned from many rows nearly is. O(1).
 */
export function trimmedFalseAlarmRate(
  level: number,
  { rows, of }: { readonly rows: number; readonly of: number },
): number {
  return level + ((1 - level) * rows) / (of + 1);
}

/** What dropping rows does to the claim; nothing where none was dropped. */
export function trimmedClaims({ trimmed, rule, unit = "rows" }: GuaranteeFacts): readonly string[] {
  if (trimmed === undefined || trimmed.rows === 0) return [];
  const dropped = `${whole(trimmed.rows)} of ${whole(trimmed.of)} rows given as normal were dropped before that, as the least like the others (--contamination).`;
  const anomalous = `${dropped} If all of them were anomalous, the claim stands.`;
  if (unit !== "rows")
    return [
      `${anomalous} As far as they were normal, normal rows are flagged more often; no bound is known for ${unit === "groups" ? "groups" : "rows in time"}.`,
    ];
  const worst = percent(trimmedFalseAlarmRate(rule.level, trimmed));
  if (rule.kind === "false-alarm-rate")
    return [
      `${anomalous} If all of them were normal, a normal row is flagged with probability at most ${worst}, on average over calibration sets: a share of ${percent(trimmed.rows / (trimmed.of + 1))} of normal rows is like those, and the level holds for the rest.`,
      "That bound takes the choice of the dropped rows to be the same with one row more, which is nearly so for many rows.",
    ];
  return [
    `${anomalous} As far as they were normal, small p-values of normal rows are more frequent (p ≤ ${percent(rule.level)} with probability up to ${worst}), and the false discovery rate can exceed its level.`,
  ];
}

function whole(count: number): string {
  return count.toLocaleString("en-US");
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(3))} %`;
}
