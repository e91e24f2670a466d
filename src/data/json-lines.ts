import { InputError } from "../errors/index.ts";
import { oneLineEach } from "./json-lines-file.ts";
import { shown } from "./quote.ts";
import type { Rows } from "./source-options.ts";

/** Rows that arrived together from a stream of JSON Lines. */
export interface JsonLinesBatch {
  /** The line number of the first row, from 1; the others follow. Blank lines are counted, skipped, and end a batch. */
  readonly firstLine: number;
  readonly rows: Rows;
  /** The lines as they came, without their ends. */
  readonly raw: readonly string[];
}

const batchRows = 1024;

/**
 * Batches of up to 1,024 rows from a pipe: what has arrived is handed on at once, so a slow producer is scored row by
 * row and a fast one in batches. Memory is bounded by one piece of the stream and one line.
 *
 * Throws an InputError with the number of the line when one is not a JSON object or longer than `maxLineLength` (16 MB).
 */
export async function* jsonLines(
  stream: AsyncIterable<Uint8Array | string>,
  { maxLineLength = 1 << 24 }: { readonly maxLineLength?: number } = {},
): AsyncGenerator<JsonLinesBatch> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let [rest, line] = ["", 0];
  let batch: { firstLine: number; rows: Record<string, unknown>[]; raw: string[] } | undefined;
  const add = (text: string) => {
    line++;
    if (text.length > maxLineLength) throw tooLong(line, maxLineLength);
    if (!/\S/.test(text)) return false;
    batch ??= { firstLine: line, rows: [], raw: [] };
    batch.rows.push(parse(text, line));
    batch.raw.push(text);
    return true;
  };
  const text = (piece: Uint8Array | string | undefined) => {
    try {
      return typeof piece === "string" ? piece : decoder.decode(piece, { stream: piece !== undefined });
    } catch (cause) {
      throw new InputError(`read: standard input: line ${line + 1}: expected text in UTF-8`, { cause });
    }
  };
  for await (const piece of stream) {
    const lines = (rest + text(piece)).split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > maxLineLength) throw tooLong(line + lines.length + 1, maxLineLength);
    let bad: unknown;
    for (const one of lines) {
      let added = false;
      try {
        added = add(one.endsWith("\r") ? one.slice(0, -1) : one);
      } catch (error) {
        bad = error;
      }
      if (batch && (!added || batch.rows.length >= batchRows)) {
        yield batch;
        batch = undefined;
      }
      if (bad) throw bad; // the rows before it were handed on
    }
    if (batch) yield batch;
    batch = undefined;
  }
  rest += text(undefined);
  if (/\S/.test(rest)) add(rest.endsWith("\r") ? rest.slice(0, -1) : rest);
  if (batch) yield batch;
}

function parse(text: string, line: number): Record<string, unknown> {
  let value: unknown;
  let cause: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    cause = error;
  }
  if (value === null || typeof value !== "object" || Array.isArray(value))
    throw new InputError(
      `read: standard input: line ${line}: expected one JSON object, got ${shown(text)}; write each row as one object on one line (${oneLineEach(text)})`,
      { cause },
    );
  return value as Record<string, unknown>;
}

function tooLong(line: number, most: number): InputError {
  return new InputError(
    `read: standard input: line ${line}: expected at most ${most} characters, got more; write each row as one object on one line`,
  );
}
