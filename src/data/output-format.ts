import { InputError } from "../errors/index.ts";
import type { FileFormat } from "./source-options.ts";

export interface OutputFormat {
  readonly format: FileFormat;
  readonly compression: "none" | "gzip" | "zstd";
}

/** The format that the ending of an output path tells, or the option. Throws an InputError for other endings. */
export function outputFormat(path: string | undefined, format?: FileFormat): OutputFormat {
  const match = /\.(csv|tsv|jsonl|ndjson|parquet|pq)?(\.(gz|zst))?$/i.exec(path ?? "");
  const ending = match?.[1]?.toLowerCase();
  const packed = match?.[3]?.toLowerCase();
  const told = ending === "ndjson" ? "jsonl" : ending === "pq" ? "parquet" : (ending as FileFormat | undefined);
  const chosen = format ?? told ?? (path === undefined ? "csv" : undefined);
  if (!chosen || (chosen === "parquet" && packed))
    throw new InputError(
      `write: ${path}: expected a path that ends in .csv, .tsv, .jsonl (also .gz, .zst) or .parquet; change it, or pass --output-format`,
    );
  return { format: chosen, compression: packed === "gz" ? "gzip" : packed === "zst" ? "zstd" : "none" };
}

/** The options of DuckDB's COPY for a format. */
export function copyOptions({ format, compression }: OutputFormat): string {
  if (format === "parquet") return "FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1";
  const packed = compression === "none" ? "" : `, COMPRESSION ${compression}`;
  if (format === "jsonl") return `FORMAT json, ARRAY false${packed}`;
  return `FORMAT csv, HEADER true, DELIMITER '${format === "tsv" ? "\t" : ","}'${packed}`;
}
