/** What a command that runs a model file of unknown origin is given: a process of its own, and somebody who watches it. */
export interface Guard {
  /**
   * Runs this very command line in a child process under limits and gives its exit code. Null in that child, and where
   * a command line runs inside another program: the work is then done here.
   */
  readonly supervise: ((limits: Limits) => Promise<number>) | null;
  /** Tells who watches that the model begins to work (a call, or compiling), and that it ended. */
  readonly onCall: (event: "begin" | "end") => void;
}

/** What a watched process may use, and what it works on. */
export interface Limits {
  /** The longest time without a call of the model ending while one is under way. */
  readonly seconds: number;
  /** The most resident memory; null where it is not watched. */
  readonly megabytes: number | null;
  /** The command, as errors name it. */
  readonly who: string;
  readonly model: string;
  /** The file that it writes; what is left beside it is taken away. */
  readonly output: string | undefined;
}

export const unguarded: Guard = { supervise: null, onCall: () => {} };
