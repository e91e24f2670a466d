import { createHash } from "node:crypto";
import type { FileOptions } from "./file-options.ts";
import type { OpenModel } from "./open-model.ts";
import { version } from "./version.ts";

/**
 * Everything beside the input that changes the scores of a file, by the name under which people know it: a run that was
 * interrupted is gone on with where all of it is the same. Rates, `--keep` and the like are not among it: they are
 * applied to the scores at the end.
 */
export function scoreIdentity(model: OpenModel, options: FileOptions): Readonly<Record<string, unknown>> {
  const { sql, where, delimiter, header, missing, format, confidence, ties, key, label } = options;
  return {
    "the version of unseen": version,
    "the model": createHash("sha256").update(model.bytes).digest("hex"),
    "--sql": sql ?? model.manifest.source.sql,
    "--where": where ?? null,
    "--delimiter": delimiter ?? null,
    "--header": header ?? "auto",
    "--missing": missing ?? [],
    "--format": format ?? null,
    "--confidence": confidence ?? null,
    "--ties": ties === "random" ? { key } : "conservative",
    "--label": label ?? null,
    "--normal": label === undefined ? null : [options.normal ?? model.manifest.source.normal].flat(),
  };
}
