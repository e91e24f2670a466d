import { mkdtempSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { InputError } from "../../src/errors/index.ts";
import { prepared } from "./kinds.ts";

/** What the parent asks for: the inputs of a range of numbers. */
export interface Task {
  readonly seed: number;
  readonly from: number;
  readonly to: number;
  readonly folder: string;
}

/** What it is told before and after each input. */
export type Told =
  | { readonly begins: number }
  | { readonly ended: number; readonly outcome: "works" | "refused" | "fails"; readonly message: string };

// One process that runs inputs one after another, until ONNX Runtime or DuckDB ends it, or it is told to end.
process.on("message", async ({ seed, from, to, folder }: Task) => {
  const own = mkdtempSync(join(folder, "child-"));
  for (const name of readdirSync(folder))
    if (!name.startsWith("child-")) symlinkSync(join(folder, name), join(own, name));
  process.chdir(own);
  const inputOf = prepared(own);
  const tell = (told: Told) =>
    new Promise<void>((resolve) => process.send!(told, undefined, undefined, () => resolve()));
  for (let index = from; index < to; index++) {
    await tell({ begins: index });
    const { bytes, run } = inputOf(seed, index);
    writeFileSync("last-input", bytes);
    try {
      await run();
      await tell({ ended: index, outcome: "works", message: "" });
    } catch (error) {
      const outcome = error instanceof InputError ? "refused" : "fails";
      await tell({
        ended: index,
        outcome,
        message: outcome === "refused" ? "" : String((error as Error).stack ?? error),
      });
    }
  }
  process.exit(0);
});
