import type { Key, Matrix } from "../numeric/index.ts";

/** Two samples of numeric columns, none missing: is the window of the reference's kind? */
export interface Samples {
  /** D: N_D × d. */
  readonly window: Matrix;
  /** R: N_R × d. */
  readonly reference: Matrix;
  /** Which rows hang together, by name: whole groups are then dealt. */
  readonly groups?: { readonly window: readonly string[]; readonly reference: readonly string[] } | null;
}

/** What tests are told besides their options. */
export interface TestContext {
  readonly key: Key;
  readonly workers?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?:
    | ((progress: { readonly stage: string; readonly done: number; readonly total: number }) => void)
    | undefined;
}
