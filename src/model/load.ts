import { readFile, stat } from "node:fs/promises";
import { calibrationBehind } from "../calibrate/index.ts";
import { InputError } from "../errors/index.ts";
import { decode, describeTensor, encode, inputName, LIMITS, type Tensor, topologicalOrder } from "../graph/index.ts";
import { imageInput } from "../prepare/index.ts";
import { FORMAT, MANIFEST_KEY, type Manifest, manifestSchema, ROWS_KEY } from "./manifest.ts";

/** A model file that was read and verified. */
export interface ModelFile {
  readonly bytes: Uint8Array;
  /** The verified graph of scores and p-values alone, as ONNX Runtime is given it. */
  readonly runnable: Uint8Array;
  readonly manifest: Manifest;
  readonly score: Tensor;
  readonly pValue: Tensor;
  /** The places of known classes that rows are most like; null where the model knows none. */
  readonly nearestClass: Tensor | null;
  /** The reference rows as JSON text, or null. */
  readonly rows: string | null;
}

/**
 * Reads a model file from a path or bytes and verifies it: limits, operators, versions, manifest, and that the graph
 * takes the columns and gives the outputs that the manifest says. Throws an InputError otherwise.
 */
export async function readModelFile(file: string | Uint8Array): Promise<ModelFile> {
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

function verified(bytes: Uint8Array): ModelFile {
  let manifest: Manifest | undefined;
  const { outputs, inputs, metadata } = decode(bytes, (metadata) => {
    manifest = manifestOf(metadata[MANIFEST_KEY]); // first, for a newer format is to be named as such
  });
  if (!manifest) throw new Error("load: the manifest was not read");
  const { score, p_value: pValue, nearest_class: nearestClass = null } = outputs;
  const refuse = (what: string): never => {
    throw new InputError(`load: the file ${what}; expected a file that \`unseen fit\` wrote`);
  };
  const { images, calibration, referenceRows, nearestClasses } = manifest;
  const columns = images ? [{ name: images.name, kind: "image" as const }] : manifest.columns;
  const knowsClasses = nearestClasses !== null;
  if (!score || !pValue || Object.keys(outputs).length !== (nearestClass === null ? 2 : 3))
    return refuse("does not compute score and p_value");
  if ((nearestClass !== null) !== knowsClasses) return refuse("names other classes than its manifest says");
  for (const tensor of [score, pValue])
    if (tensor.dtype !== "float64" || tensor.shape.join() !== "rows") refuse("computes scores of another shape");
  if (nearestClass !== null && (nearestClass.dtype !== "int64" || nearestClass.shape.join() !== "rows"))
    refuse("computes classes of another shape");
  if (columns.length !== inputs.length || columns.some(({ name }, i) => name !== inputName(inputs[i])))
    refuse("takes other columns than its manifest says");
  columns.forEach(({ name, kind }, i) => {
    const form =
      kind === "image"
        ? describeTensor(imageInput(name, images!))
        : `${kind === "category" ? "string" : "float64"} [rows]`;
    if (describeTensor(inputs[i]) !== form) refuse(`takes column "${name}" in another form than its manifest says`);
  });
  const used = new Set(topologicalOrder([score, pValue]));
  if (inputs.some((tensor) => !used.has(tensor))) refuse("does not use one of its columns");
  const { rows: held, units, by } = calibration;
  if (calibrationUnits(pValue, by?.kind) !== units || (by?.kind === "groups" ? units > held : units !== held))
    refuse("holds other calibration rows than its manifest says");
  const rows = metadata[ROWS_KEY] ?? null;
  if ((rows !== null) !== referenceRows.rows > 0) refuse("holds other reference rows than its manifest says");
  // What runs is what was verified: the file may hold more than the expression that was read from it.
  return { bytes, runnable: encode({ score, p_value: pValue }), manifest, score, pValue, nearestClass, rows };
}

/** How many rows or groups stand behind the p-values; 0 where they cannot be read. */
function calibrationUnits(pValue: Tensor, kind: "groups" | "time" | undefined): number {
  try {
    return calibrationBehind(pValue, kind).n;
  } catch {
    return 0;
  }
}

function manifestOf(text: string | undefined): Manifest {
  if (text !== undefined && text.length > LIMITS.manifest)
    throw new InputError(
      `load: the file has a manifest of more than ${LIMITS.manifest} characters; expected a file that \`unseen fit\` wrote`,
    );
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
