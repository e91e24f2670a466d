import { z } from "zod";
import type { Input } from "../../data/index.ts";
import { MADE_FAMILIES, type MadeFamily } from "../../detect/index.ts";

export interface SynthesizeOptions {
  /** Whatever is drawn is drawn by it: equal key, equal rows. */
  readonly key: number | string;
  /** How many rows to make: 200 when left out. */
  readonly rows?: number;
  /** Which families, in equal parts; when left out what the model learned from, or the six families of made rows. */
  readonly families?: readonly MadeFamily[];
  /** Normal rows to make them of, instead of those that the model stores: a path, rows or columns. */
  readonly reference?: Input;
  readonly signal?: AbortSignal;
  readonly workers?: number;
  readonly onProgress?: (progress: { readonly stage: string; readonly done: number; readonly total: number }) => void;
  /** Told when a call of the model begins, and when it has ended. */
  readonly onCall?: (event: "begin" | "end") => void;
}

const callback = z.custom((value) => typeof value === "function").describe("a function");

/** The forms of the options, as they come from outside. */
export const synthesizeForms: Readonly<Record<string, z.ZodType>> = {
  key: z.union([z.number(), z.string()]).describe("a number or a text, as in key: 7"),
  rows: z.int().min(1).max(1_000_000).describe("a whole number from 1 to 1,000,000"),
  families: z
    .array(z.enum(MADE_FAMILIES))
    .min(1)
    .readonly()
    .describe(`a list of ${MADE_FAMILIES.join(", ")}`),
  reference: z
    .union([z.string(), z.array(z.unknown()), z.record(z.string(), z.unknown())])
    .describe("a path, rows or columns"),
  signal: z
    .custom((value) => typeof value === "object" && value !== null && "aborted" in value)
    .describe("an AbortSignal"),
  workers: z.int().min(0).describe("a whole number ≥ 0"),
  onProgress: callback,
  onCall: callback,
};
