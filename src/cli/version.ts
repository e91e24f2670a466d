import { createRequire } from "node:module";

/** The version of this package, without loading the library: `--version` is instant. */
export const version: string = (createRequire(import.meta.url)("../../package.json") as { version: string }).version;
