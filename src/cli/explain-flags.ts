import type { SourceOptions } from "../data/index.ts";

/** What was given to `unseen explain`. */
export interface ExplainFlags extends SourceOptions {
  readonly model?: string;
  readonly row?: readonly number[];
  readonly flagged?: boolean;
  readonly top?: number;
  readonly columns?: number;
  readonly nearest?: number;
  readonly reference?: string;
  readonly output?: string;
  readonly falseAlarmRate?: number;
  readonly workers?: number;
  readonly json?: boolean;
  /** Run the model in this process, without limits. */
  readonly trust?: boolean;
  readonly timeLimit?: number;
  readonly memoryLimit?: number;
}
