/**
 * PyTorch into a throw-away Python environment, for bench/train.ts. Prints the Python to use, and nothing else, on
 * stdout:
 *
 *   export UNSEEN_PYTHON=$(node bench/peers/install-torch.mjs)
 *
 * --folder     where the environment goes (default: unseen-torch in the folder of temporary files)
 * --python     the Python that makes it (default: python3)
 * --index-url  where pip takes wheels from (default: pip's own settings). PyTorch's site names an index of builds
 *              for the CPU alone: a tenth of the size on Linux, with the same kernels.
 * --torch      what to install (default: torch; torch==2.10.0 is a version)
 *
 * Delete the folder to undo it.
 */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: {
    folder: { type: "string", default: join(tmpdir(), "unseen-torch") },
    python: { type: "string", default: "python3" },
    "index-url": { type: "string" },
    torch: { type: "string", default: "torch" },
  },
});
const python = join(values.folder, ...(process.platform === "win32" ? ["Scripts", "python.exe"] : ["bin", "python"]));
/** Runs a command; its words go to stderr. */
const run = (command, ...options) => execFileSync(command, options, { stdio: ["ignore", 2, 2] });

try {
  if (!existsSync(python)) run(values.python, "-m", "venv", values.folder);
  const index = values["index-url"] === undefined ? [] : ["--index-url", values["index-url"]];
  run(python, "-m", "pip", "install", ...index, "numpy", values.torch);
  run(python, "-c", "import torch; torch.ones(1)");
  console.log(python);
} catch (error) {
  console.error(
    `install-torch: ${error.message}; expected a Python with venv and pip (--python), room, and an index of packages within reach (--index-url)`,
  );
  process.exitCode = 1;
}
