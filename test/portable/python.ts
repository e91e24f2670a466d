import { spawnSync } from "node:child_process";

/** A Python that has onnxruntime and numpy: `UNSEEN_PYTHON`, or python3; null when there is none. */
export const python: string | null =
  [process.env["UNSEEN_PYTHON"], "python3"]
    .filter((command) => command !== undefined)
    .find((command) => spawnSync(command, ["-c", "import onnxruntime, numpy"]).status === 0) ?? null;

if (python === null) console.warn("No Python with onnxruntime: its tests are skipped. Set UNSEEN_PYTHON to run them.");
