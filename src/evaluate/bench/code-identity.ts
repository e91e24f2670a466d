import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of the layers: `src`, or `dist` in the package. */
const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../..");

/**
 * A hash of the code that decides a suite's numbers: every source file of these layers, tests apart, 16 hexadecimal
 * digits. It is one for all detectors, since each reaches nearly all of the layers below it through their doors: an
 * edit anywhere among them measures anew what might have changed. The suites themselves are told by the version of their
 * protocol. Some 20 ms.
 */
export function codeIdentity(layers: readonly string[], root = ROOT): string {
  const hash = createHash("sha256");
  for (const layer of layers) {
    const files = readdirSync(join(root, layer), { recursive: true, encoding: "utf8" });
    for (const file of files.map((name) => name.replaceAll("\\", "/")).sort()) {
      if (!/(?<!\.d)\.[jt]s$/.test(file) || /\.test\.[jt]s$/.test(file)) continue;
      if (layer === "evaluate" && file.startsWith("bench/")) continue;
      hash
        .update(`${layer}/${file}\n`)
        .update(readFileSync(join(root, layer, file)))
        .update("\n");
    }
  }
  return hash.digest("hex").slice(0, 16);
}
