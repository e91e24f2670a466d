import { z } from "zod";
import { InputError } from "../errors/index.ts";

/** Options of one thing: a Zod object whose fields have a default, a range and a sentence. */
export type OptionSchema = z.ZodObject;

/** The values of options: what a person may give, and what is there once defaults are filled in. */
export type OptionsGiven<S extends OptionSchema> = z.input<S>;
export type OptionsOf<S extends OptionSchema> = z.output<S>;

/** One option as people see it, derived from its declaration. */
export interface OptionDescription {
  readonly name: string;
  /** "--max-rows" for `maxRows`. */
  readonly flag: string;
  readonly type: "integer" | "number" | "choice" | "text" | "yes or no";
  readonly choices: readonly string[];
  readonly minimum: number | null;
  readonly maximum: number | null;
  /** Whether the bounds themselves are refused. */
  readonly open: { readonly minimum: boolean; readonly maximum: boolean };
  readonly default: unknown;
  readonly sentence: string;
}

/**
 * The options with defaults filled in. Unknown names and values out of range throw an InputError
 * `who: name: expected …, got …`.
 */
export function parseOptions<S extends OptionSchema>(who: string, schema: S, given: unknown): OptionsOf<S> {
  const unknown = Object.keys((given ?? {}) as object).filter((name) => !(name in schema.shape));
  if (unknown.length > 0)
    throw new InputError(
      `${who}: ${unknown.join(", ")}: unknown option; expected ${Object.keys(schema.shape).join(", ") || "none"}`,
    );
  const result = schema.safeParse(given ?? {});
  if (result.success) return result.data;
  const name = String(result.error.issues[0].path[0] ?? "options");
  const description = describeOptions(schema).find((option) => option.name === name);
  const got = JSON.stringify((given as Record<string, unknown>)[name]);
  throw new InputError(`${who}: ${name}: expected ${description ? expectation(description) : "options"}, got ${got}`);
}

/** Texts from a command line as the values that they stand for: numbers, yes or no. Unknown names are kept. */
export function fromTexts(schema: OptionSchema, texts: Readonly<Record<string, string>>): Record<string, unknown> {
  const types = new Map(describeOptions(schema).map((option) => [option.name, option.type]));
  const value = (name: string, text: string): unknown => {
    const type = types.get(name);
    if (type === "integer" || type === "number")
      return text.trim() === "" ? text : Number.isNaN(Number(text)) ? text : Number(text);
    if (type === "yes or no")
      return text === "yes" || text === "true" ? true : text === "no" || text === "false" ? false : text;
    return text;
  };
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, value(name, text)]));
}

/** Every option of a schema, in the order of its declaration. */
export function describeOptions(schema: OptionSchema): readonly OptionDescription[] {
  const json = z.toJSONSchema(schema, { io: "input" });
  return Object.entries(json.properties ?? {}).map(([name, property]) => {
    const p = property as Property;
    return {
      name,
      flag: flagOf(name),
      type: p.enum
        ? "choice"
        : p.type === "boolean"
          ? "yes or no"
          : p.type === "integer" || p.type === "number"
            ? p.type
            : "text",
      choices: p.enum ?? [],
      minimum: bound(p.exclusiveMinimum ?? p.minimum),
      maximum: bound(p.exclusiveMaximum ?? p.maximum),
      open: { minimum: p.exclusiveMinimum !== undefined, maximum: p.exclusiveMaximum !== undefined },
      default: p.default,
      sentence: p.description ?? "",
    };
  });
}

/** What a person types for an option: "--max-rows" for `maxRows`. */
export function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** "an integer from 1 to 20", "a number above 0 and below 1", "knn or auto": what a value may be, for messages and help. */
export function expectation(option: OptionDescription): string {
  const { type, choices, minimum, maximum, open } = option;
  if (type === "choice") return choices.join(" or ");
  if (type === "text" || type === "yes or no") return type;
  const kind = type === "integer" ? "an integer" : "a number";
  if (minimum !== null && maximum !== null && !open.minimum && !open.maximum)
    return `${kind} from ${minimum} to ${maximum}`;
  const least = minimum === null ? [] : [open.minimum ? `above ${minimum}` : `≥ ${minimum}`];
  const most = maximum === null ? [] : [open.maximum ? `below ${maximum}` : `≤ ${maximum}`];
  return [kind, [...least, ...most].join(" and ")].filter((part) => part !== "").join(" ");
}

interface Property {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly default?: unknown;
  readonly description?: string;
}

/** Zod writes the bounds of safe integers where none is meant. */
function bound(value: number | undefined): number | null {
  return value === undefined || Math.abs(value) === Number.MAX_SAFE_INTEGER ? null : value;
}
