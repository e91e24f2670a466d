import { accessSync, constants, realpathSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { InputError } from "../errors/index.ts";
import { shellWord } from "./shell-word.ts";

/**
 * Checks, before long work, that a report can be written: ends in .html, a folder that is there, none of the files that
 * the command reads or writes. `others` are these by what they are, as in `{ "the model": "model.onnx" }`.
 */
export function requireReportPath(
  who: string,
  path: string,
  others: Readonly<Record<string, string | undefined>>,
): string {
  const refuse = (what: string, cause?: unknown): never => {
    throw new InputError(`${who}: --report: ${what}`, { cause });
  };
  if (!/\.html?$/i.test(path))
    refuse(`expected a path that ends in .html, got "${path}"; pass --report ${shellWord(`${path}.html`)}`);
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory())
    refuse(`${path}: expected a file, got a folder; pass --report ${shellWord(`${path}/report.html`)}`);
  for (const [what, other] of Object.entries(others))
    if (other !== undefined && samePath(path, other))
      refuse(`${path}: expected another path than that of ${what}, which would be lost`);
  const folder = dirname(path);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    refuse(`${path}: expected an existing folder, ${folder}; make it first`);
  try {
    accessSync(folder, constants.W_OK);
  } catch (cause) {
    refuse(`${path}: expected a folder that may be written to, ${folder}; choose another`, cause);
  }
  return path;
}

/** Whether both lead to one file, or will once it is written. */
function samePath(a: string, b: string): boolean {
  return placeOf(a) === placeOf(b);
}

function placeOf(path: string): string {
  if (statSync(path, { throwIfNoEntry: false })) return realpathSync(path);
  const folder = dirname(path);
  return join(statSync(folder, { throwIfNoEntry: false }) ? realpathSync(folder) : resolve(folder), basename(path));
}
