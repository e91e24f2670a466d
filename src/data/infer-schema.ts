import { InputError } from "../errors/index.ts";
import { type ColumnKind, columnKinds } from "./column-kind.ts";
import type { ColumnProfile } from "./column-profile.ts";
import { inferKind } from "./infer-kind.ts";
import { unknownColumn } from "./near-names.ts";
import { checkOverride } from "./override.ts";
import type { Selected } from "./selection.ts";
import { writtenForm } from "./written-form.ts";

export interface InferredColumn {
  readonly name: string;
  readonly kind: ColumnKind;
  readonly used: boolean;
  /** One sentence with the measured facts, and the override that would use the column if it is not used. */
  readonly reason: string;
  readonly overridden: boolean;
  /** How a constant column that is used is read: constant numbers and booleans are, constant texts are not. */
  readonly as?: "number" | "boolean";
  /** Missing values, those that count as missing for this kind included. */
  readonly missing: number;
  readonly distinct: number;
  readonly examples: readonly string[];
  /** How texts write times or booleans (`writtenForm`). */
  readonly form?: string;
}

export interface SchemaOverrides {
  readonly columns?: Readonly<Record<string, ColumnKind>>;
  readonly ignore?: readonly string[];
}

/**
 * What each column is, from the profile of all its values.
 *
 * Throws an InputError when an override names no column or does not fit the values, when a column of numbers has text
 * among them, and when integers are past 2^53.
 */
export function inferSchema(
  profiles: readonly ColumnProfile[],
  overrides: SchemaOverrides = {},
): readonly InferredColumn[] {
  const names = profiles.map(({ name }) => name);
  const kinds = new Map(Object.entries(overrides.columns ?? {}));
  const ignored = new Set(overrides.ignore ?? []);
  for (const name of kinds.keys()) checkName("--column", name, names);
  for (const name of ignored) checkName("--ignore", name, names);
  for (const [name, kind] of kinds) {
    if (!columnKinds.includes(kind))
      throw new InputError(
        `read: --column: ${name}: expected numeric, category, boolean, timestamp or image, got "${kind}"`,
      );
    if (ignored.has(name)) throw new InputError(`read: --column: "${name}" is also ignored; drop one of the two`);
  }
  return profiles.map((profile) => {
    const wanted = kinds.get(profile.name);
    if (ignored.has(profile.name)) return column(profile, "text", false, "ignored by --ignore", true);
    if (wanted === undefined) {
      const { kind, reason, as } = inferKind(profile);
      return { ...column(profile, kind, isUsed(kind) || as !== undefined, reason, false), ...(as && { as }) };
    }
    checkOverride(profile, wanted);
    const used = isUsed(wanted) || wanted === "timestamp" || wanted === "image";
    return column(profile, wanted, used, `${wanted} by --column`, true);
  });
}

/** What to read for a schema: the columns that are used, each as its kind asks. */
export function selectionOf(schema: readonly InferredColumn[]): readonly Selected[] {
  return schema.filter(({ used }) => used).map((column) => ({ name: column.name, as: readAs(column) }));
}

function readAs({ kind, as }: InferredColumn): Selected["as"] {
  if (as !== undefined) return as;
  if (kind === "numeric") return "number";
  return kind === "boolean" || kind === "timestamp" ? kind : "text";
}

function isUsed(kind: ColumnKind): boolean {
  return kind === "numeric" || kind === "category" || kind === "boolean";
}

function checkName(option: string, name: string, names: readonly string[]): void {
  if (!names.includes(name)) throw new InputError(`read: ${option}: ${unknownColumn(name, names)}`);
}

function column(
  profile: ColumnProfile,
  kind: ColumnKind,
  used: boolean,
  reason: string,
  overridden: boolean,
): InferredColumn {
  const words = kind === "numeric" || kind === "boolean" || kind === "timestamp" || kind === "empty";
  const { name, distinct, examples } = profile;
  const missing = profile.missing + (words ? profile.missingWords : 0);
  const form = profile.type === "text" ? writtenForm(kind, examples) : undefined;
  return { name, kind, used, reason, overridden, missing, distinct, examples, ...(form !== undefined && { form }) };
}
