/** A step or a fit that both sides do. */
export interface Case {
  /** What is trained, for the table. */
  readonly about: string;
  /** PyTorch's time over ours must reach this; null where only the number counts. */
  readonly bar: number | null;
}

export interface StepCase extends Case {
  /** Steps that are timed in a run. */
  readonly steps: number;
}

export interface FitCase extends Case {
  /** Flags of `unseen fit` that give the network and training below. */
  readonly flags: readonly string[];
  /** The same network and training for PyTorch, as `bench/peers/torch_train.py fit` reads it. */
  readonly peer: {
    readonly hidden: number;
    /** Blocks of a flow, or the width of an autoencoder's code. */
    readonly blocks?: number;
    readonly code?: number;
    /** Steps between two looks at the rows held out. */
    readonly every: number;
    readonly batch: number;
    readonly steps: number;
    readonly rate: number;
  };
}

/** One training step; the networks are in `bench/peers/torch_networks.py` and `bench/train-unseen.ts`. */
export const STEP_CASES: Readonly<Record<string, StepCase>> = {
  "autoencoder-32": { about: "32-64-16-64-32, batch 128", steps: 20_000, bar: 4 },
  "maf-small": { about: "32 columns, 5 blocks of 128, batch 256", steps: 800, bar: 1.1 },
  "autoencoder-64": { about: "64-256-256-64, batch 256", steps: 1000, bar: 0.95 },
  "autoencoder-80": { about: "80-512-256-32-256-512-80, batch 1024", steps: 100, bar: 0.95 },
  "maf-wide": { about: "32 columns, 16 blocks of 512, batch 512", steps: 60, bar: 0.95 },
  "conv-small": { about: "28 × 28, 3 convolutions 32-64-128, batch norm, batch 256", steps: 60, bar: 0.5 },
  "conv-transformer": { about: "71 columns, 33 tokens of 64, 3 layers, batch 512", steps: 10, bar: 0.5 },
};

const FIT_STEPS = 1000;
const FIT_BATCH = 256;
/** So patient that both sides take all steps. */
const TRAINED = [
  "--steps",
  `${FIT_STEPS}`,
  "--batch",
  `${FIT_BATCH}`,
  "--learning-rate",
  "0.001",
  "--patience",
  "100000",
];
const PEER_TRAINED = { batch: FIT_BATCH, steps: FIT_STEPS, rate: 1e-3 };

/** Rows and columns of the file of a fit. */
export const FIT_SIZE: { readonly rows: number; readonly columns: number } = { rows: 5000, columns: 20 };

/** A whole process: a file of rows to a model file, Python's or Node's start included. */
export const FIT_CASES: Readonly<Record<string, FitCase>> = {
  "fit-autoencoder": {
    about: `fit of 5000 × 20, 20-64-16-64-20, ${FIT_STEPS} steps of ${FIT_BATCH}, whole process`,
    bar: 2,
    flags: ["--detector", "autoencoder", "--hidden", "64", "--code", "16", ...TRAINED],
    peer: { hidden: 64, code: 16, every: 50, ...PEER_TRAINED },
  },
  "fit-maf": {
    about: `fit of 5000 × 20, 5 blocks of 64, ${FIT_STEPS} steps of ${FIT_BATCH}, whole process`,
    bar: 2,
    flags: ["--detector", "maf", "--blocks", "5", "--hidden", "64", ...TRAINED],
    peer: { hidden: 64, blocks: 5, every: 14, ...PEER_TRAINED },
  },
};
