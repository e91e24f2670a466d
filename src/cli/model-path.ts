import { accessSync, constants, realpathSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { InputError } from "../errors/index.ts";

/** Checks, before long work, that a model can be written: ends in .onnx, a folder that is there, not the input. */
export function requireModelPath(path: string | undefined, input: string, who = "fit"): string {
  if (path === undefined)
    throw new InputError(`${who}: --output: expected a path for the model, got none; pass -o model.onnx`);
  if (!/\.onnx$/i.test(path))
    throw new InputError(`${who}: --output: expected a path that ends in .onnx, got "${path}"; pass -o ${path}.onnx`);
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory()) throw new InputError(`${who}: --output: ${path}: expected a file, got a folder`);
  if (found && statSync(input, { throwIfNoEntry: false }) && realpathSync(path) === realpathSync(input))
    throw new InputError(`${who}: --output: ${path}: expected another path than the input's; the input would be lost`);
  const folder = dirname(path);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw new InputError(`${who}: --output: ${path}: expected an existing folder, ${folder}; make it first`);
  try {
    accessSync(folder, constants.W_OK);
  } catch (cause) {
    throw new InputError(`${who}: --output: ${path}: expected a folder that may be written to, ${folder}`, { cause });
  }
  return path;
}
