/** Names that a column with the answer often has, and one that says which part of the rows is for training. */
const labels =
  /^(label|labels|class|target|outlier|anomal(y|ous)|is_?(anomaly|outlier|fraud|attack)|fraud|attack(_cat|_type)?|ground_?truth)$/i;
const splits = /^(split|fold|subset|partition)$/i;

/** More different values than this, and it is no label. */
const MOST = 50;

/** What a used column may be by its name and few values: the answer, or the part of the rows; null otherwise. */
export function looksLikeLabel(name: string, distinct: number): "label" | "split" | null {
  if (distinct > MOST) return null;
  if (splits.test(name)) return "split";
  return labels.test(name) ? "label" : null;
}
