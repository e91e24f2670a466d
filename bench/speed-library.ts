import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { InputError } from "../src/errors/index.ts";

/** The parts of the built library that are timed. */
export interface Library {
  readonly detectors: typeof import("../src/index.ts").detectors;
  readonly fit: typeof import("../src/index.ts").fit;
  readonly scoreRows: typeof import("../src/detect/index.ts").scoreRows;
  readonly key: typeof import("../src/numeric/index.ts").key;
}

export const dist: string = fileURLToPath(new URL("../dist/", import.meta.url));

/** The built library, which is what people run: sources are compiled as they load, in every worker thread again. */
export async function builtLibrary(): Promise<Library> {
  if (!existsSync(`${dist}index.js`))
    throw new InputError("bench: speed: expected the built library in dist, got none; run npm run build first");
  const [{ detectors, fit }, { scoreRows }, { key }] = await Promise.all(
    ["index.js", "detect/index.js", "numeric/index.js"].map((file) => import(`${dist}${file}`)),
  );
  return { detectors, fit, scoreRows, key };
}
