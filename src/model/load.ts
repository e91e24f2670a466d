import { readFile, stat } from "node:fs/promises";
import { InputError } from "../errors/index.ts";
import { decode, inputName, LIMITS, type Tensor, topologicalOrder } from "../graph/index.ts";
import { FORMAT, MANIFEST_KEY, type Manifest, manifestSchema, ROWS_KEY } from "./manifest.ts";

/** A model file that was read and verified. */
export interface LoadedFile {
  readonly bytes: Uint8Array;
  readonly manifest: Manifest;
  readonly score: Tensor;
  readonly pValue: Tensor;
  /** The reference rows as JSON text, or null. */
  readonly rows: string | null;
}

/**
 * Reads a model file from a path or bytes and verifies it: limits, operators, versions, manifest, and that the graph
 * takes the columns and gives the outputs that the manifest says. Throws an InputError otherwise.
 */
export async function readModelFile(file: string | Uint8Array): Promise<LoadedFile> {
  const bytes = typeof file === "string" ? await readBytes(file) : file;
  const place = typeof file === "string" ? file : "bytes";
  try {
    return verified(bytes);
  } catch (cause) {
    if (!(cause instanceof InputError)) throw cause;
    throw new InputError(cause.message.replace(/^load: the file/, `load: ${place}: the file`), { cause });
  }
}

async function readBytes(path: string): Promise<Uint8Array> {
  try {
    const { size } = await stat(path);
    if (size > LIMITS.bytes) throw new InputError(`load: ${path}: expected at most ${LIMITS.bytes} bytes, got ${size}`);
    return await readFile(path);
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    const reason = { ENOENT: "there is no such file", EACCES: "it may not be read", EISDIR: "it is a folder" }[
      (cause as NodeJS.ErrnoException).code ?? ""
    ];
    throw new InputError(`load: ${path}: expected a model file, but ${reason ?? (cause as Error).message}`, { cause });
  }
}

function verified(bytes: Uint8Array): LoadedFile {
  const { outputs, inputs, metadata } = decode(bytes);
  const manifest = manifestOf(metadata[MANIFEST_KEY]);
  const { score, p_value: pValue } = outputs;
  const refuse = (what: string): never => {
    throw new InputError(`load: the file ${what}; expected a file that \`unseen fit\` wrote`);
  };
  if (!score || !pValue || Object.keys(outputs).length !== 2) return refuse("does not compute score and p_value");
  for (const tensor of [score, pValue])
    if (tensor.dtype !== "float64" || tensor.shape.join() !== "rows") refuse("computes scores of another shape");
  if (manifest.columns.map((column) => column.name).join("\n") !== Object.keys(inputs).join("\n"))
    refuse("takes other columns than its manifest says");
  for (const { name, kind } of manifest.columns)
    if (inputs[name].dtype !== (kind === "category" ? "string" : "float64") || inputs[name].shape.join() !== "rows")
      refuse(`takes column "${name}" in another form than its manifest says`);
  const used = new Set(topologicalOrder([score, pValue]).map(inputName));
  if (Object.keys(inputs).some((name) => !used.has(name))) refuse("does not use one of its columns");
  return { bytes, manifest, score, pValue, rows: metadata[ROWS_KEY] ?? null };
}

function manifestOf(text: string | undefined): Manifest {
  let json: unknown;
  try {
    json = JSON.parse(text ?? "");
  } catch (cause) {
    throw new InputError(
      "load: the file is an ONNX model without Unseen's manifest; expected a file that `unseen fit` wrote",
      { cause },
    );
  }
  const { format } = (json ?? {}) as { format?: unknown };
  if (typeof format === "number" && format > FORMAT)
    throw new InputError(
      `load: the file has format ${format}, and this version reads format ${FORMAT}; install a newer version of unseen`,
    );
  const result = manifestSchema.safeParse(json);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new InputError(
    `load: the file's manifest: ${issue.path.join(".") || "whole"}: ${issue.message}; expected a file that \`unseen fit\` wrote`,
    { cause: result.error },
  );
}
