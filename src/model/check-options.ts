import { z } from "zod";
import { InputError } from "../errors/index.ts";

/** The options of a verb by name: the form of each, described as errors say it. */
type Forms = Readonly<Record<string, z.ZodType>>;

/**
 * Checks the names and forms of options that came from outside, where types may not have been checked: a misspelled
 * name would otherwise be ignored. Ranges are checked where they are known. Throws an InputError.
 */
export function checkOptions(who: string, forms: Forms, options: object, required: readonly string[] = []): void {
  if (typeof options !== "object" || options === null)
    throw new InputError(`${who}: options: expected an object, got ${shown(options)}`);
  for (const name of required)
    if ((options as Record<string, unknown>)[name] === undefined)
      throw new InputError(`${who}: ${name}: expected ${forms[name].description}, got none`);
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(forms, name))
      throw new InputError(`${who}: ${name}: unknown option; expected ${Object.keys(forms).join(", ")}`);
    if (value === undefined || forms[name].safeParse(value).success) continue;
    throw new InputError(`${who}: ${name}: expected ${forms[name].description}, got ${shown(value)}`);
  }
}

const text = z.string().describe("a text");
const texts = z.array(z.string()).readonly().describe("a list of texts");
const textOrTexts = z.union([text, texts]).describe("a text or a list of texts");
const number = z.number().describe("a number");
const key = z.union([z.number(), z.string()]).describe("a number or a text, as in key: 7");
const callback = z.custom((value) => typeof value === "function").describe("a function");
const byName = z.record(z.string(), z.unknown()).describe("an object by name");
const choice = (...choices: string[]) => z.enum(choices).describe(choices.join(" or "));

const work: Forms = {
  signal: z
    .custom((value) => typeof value === "object" && value !== null && "aborted" in value)
    .describe("an AbortSignal"),
  onProgress: callback,
  workers: z.int().min(0).describe("a whole number ≥ 0"),
};

const reading: Forms = {
  sql: text,
  where: text,
  delimiter: text,
  header: choice("auto", "yes", "no"),
  missing: texts,
  format: choice("csv", "tsv", "jsonl", "parquet"),
};

export const fitForms: Forms = {
  key,
  detector: text,
  options: byName,
  columns: byName,
  ignore: texts,
  label: text,
  normal: textOrTexts,
  knownClasses: texts,
  group: text,
  time: text,
  calibration: choice("auto", "split", "cross"),
  contamination: z.union([z.number(), z.literal("auto")]).describe("a share such as 0.05, or auto"),
  rows: z.boolean().describe("true or false"),
  imageSize: text,
  checkpoint: text,
  ...work,
  ...reading,
};

export const scoreForms: Forms = {
  falseAlarmRate: number,
  falseDiscoveryRate: number,
  procedure: choice("benjamini-hochberg", "storey"),
  confidence: number,
  ties: choice("conservative", "random"),
  key,
  onCall: callback,
  ...work,
};

export const explainForms: Forms = {
  falseAlarmRate: number,
  nearest: z.int().min(0).describe("a whole number ≥ 0"),
  reference: z
    .custom((value) => typeof value === "string" || (typeof value === "object" && value !== null))
    .describe("a path, rows or columns"),
  onCall: callback,
  ...work,
};

export const explainFileForms: Forms = {
  ...explainForms,
  ...reading,
  rows: z.array(z.int().min(1)).min(1).readonly().describe("a list of row numbers, from 1"),
  top: z.int().min(1).describe("a whole number ≥ 1"),
};

export const watchForms: Forms = {
  alpha: number,
  key,
  reference: explainForms["reference"],
  referenceWhere: text,
  onCall: callback,
  ...work,
  ...reading,
};

export const tuneForms: Forms = {
  key,
  fuse: choice("auto", "mean", "max"),
  label: text,
  normal: textOrTexts,
  reference: explainForms["reference"],
  onCall: callback,
  ...work,
  ...reading,
};

export const fileForms: Forms = {
  ...scoreForms,
  ...reading,
  output: text,
  outputFormat: choice("csv", "tsv", "jsonl", "parquet"),
  keep: z.union([z.enum(["all", "none"]), texts]).describe("all, none or a list of texts"),
  only: choice("all", "flagged"),
  prefix: text,
  review: text,
  label: text,
  normal: textOrTexts,
  details: z.boolean().describe("true or false"),
  segmentRows: z.int().min(1).describe("a whole number ≥ 1"),
  resumableRows: z.int().min(0).describe("a whole number ≥ 0"),
};

function shown(value: unknown): string {
  return typeof value === "number" ? String(value) : (JSON.stringify(value) ?? String(value));
}
