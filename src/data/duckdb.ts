import { createRequire } from "node:module";

/**
 * DuckDB's package, loaded when it is first asked for. It is CommonJS: `import` would look through all of its files for
 * names of exports first, which takes 0.1 s of every command.
 */
export function duckdb(): typeof import("@duckdb/node-api") {
  return createRequire(import.meta.url)("@duckdb/node-api");
}
