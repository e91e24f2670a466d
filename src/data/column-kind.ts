export const columnKinds = [
  "numeric",
  "category",
  "boolean",
  "timestamp",
  "id",
  "constant",
  "text",
  "empty",
  "nested",
  "image",
] as const;

/** What a column is to a model: numeric, category and boolean columns are used, and constant
 * numbers; images are used in their place; the others only by an override. */
export type ColumnKind = (typeof columnKinds)[number];
