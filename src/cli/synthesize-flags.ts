import type { TrustFlags } from "./trust-flags.ts";

/** What was given to `unseen synthesize`. */
export interface SynthesizeFlags extends TrustFlags {
  readonly output?: string;
  readonly rows?: number;
  readonly families?: readonly string[];
  readonly reference?: string;
  readonly prefix?: string;
  readonly key: number | string;
  readonly workers?: number;
  readonly json?: boolean;
}
