import { execFileSync } from "node:child_process";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";

/** What one run of one side printed. */
export interface Outcome {
  /** Milliseconds of building, compiling and the first step; ours only. */
  readonly ready?: number;
  /** How much the resident size grew over the second half of the timed steps, as a share of it; ours only. */
  readonly grown?: number;
  readonly milliseconds: number;
  /** Threads that it computed with; null where the process did not say. */
  readonly threads: number | null;
  /** Numbers that are trained, masked weights included: equal on both sides; null where the process did not say. */
  readonly parameters: number | null;
  /** The loss at the last step; null where the process did not say. */
  readonly loss: number | null;
}

/** PyTorch in the Python of UNSEEN_PYTHON, or python3. */
export interface Peer {
  readonly version: string;
  /** The median of the steps of one fresh process. */
  step(name: string, threads: number, steps: number): Outcome;
  /** One fresh process from a CSV file to a state dict, timed from outside. */
  fit(file: string, model: string, threads: number, sizes: object): Outcome;
}

/** PyTorch; null, and how to get it on stderr, where no Python has it. */
export function openPeer(): Peer | null {
  const python = process.env["UNSEEN_PYTHON"] ?? "python3";
  const script = fileURLToPath(new URL("peers/torch_train.py", import.meta.url));
  const run = (...options: string[]) =>
    JSON.parse(execFileSync(python, ["-B", script, ...options], { encoding: "utf8" }));
  const version = torchVersion(python);
  if (version === null) {
    const install = relative(process.cwd(), fileURLToPath(new URL("peers/install-torch.mjs", import.meta.url)));
    process.stderr.write(
      `train: no PyTorch in ${python}: unseen alone is timed; export UNSEEN_PYTHON=$(node ${install}) puts it into a throw-away environment\n`,
    );
    return null;
  }
  return {
    version,
    step: (name, threads, steps) => run("step", name, String(threads), String(steps)),
    fit(file, model, threads, sizes) {
      const started = performance.now();
      const printed = run("fit", file, model, String(threads), JSON.stringify(sizes));
      return { ...printed, milliseconds: performance.now() - started };
    },
  };
}

function torchVersion(python: string): string | null {
  const ask = "import torch; print(torch.__version__)";
  try {
    return execFileSync(python, ["-c", ask], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return null;
  }
}
