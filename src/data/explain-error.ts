import { InputError } from "../errors/index.ts";
import { shown } from "./quote.ts";

/** What was being read when DuckDB failed. */
export interface ErrorContext {
  /** The input as the user named it. */
  readonly place: string;
  readonly where?: string;
}

/** DuckDB's error as ours: an InputError with file, line and remedy when the input or `--where` is at fault. */
export function explainError(error: unknown, context: ErrorContext): unknown {
  if (!(error instanceof Error) || error instanceof InputError) return error;
  const said = error.message;
  const place = /\n\s*file = (.+)/.exec(said)?.[1] ?? context.place;
  const line = /(?:CSV Error on Line: |in line )(\d+)/.exec(said)?.[1];
  const at = `read: ${place}:${line ? ` line ${line}:` : ""}`;
  const original = /Original Line: (.*)/.exec(said)?.[1];
  const quoted = original === undefined ? "" : ` (${shown(original)})`;
  const refuse = (message: string) => new InputError(`${at} ${message}`, { cause: error });

  const cells = /Expected Number of Columns: (\d+) Found: (\d+)/.exec(said);
  if (cells)
    return refuse(`expected ${cells[1]} cells, got ${cells[2]}${quoted}; mend the line, or pass the right --delimiter`);
  if (/unterminated quote|quote should be followed|Unquoted|unquoted/i.test(said))
    return refuse(`expected a closing quote, got none${quoted}; write a quote inside quotes twice ("")`);
  if (/not utf-8|Invalid unicode|byte sequence mismatch/i.test(said))
    return refuse("expected text in UTF-8; convert it: iconv -f latin1 -t utf-8");
  if (/state machine reached an invalid state/.test(said))
    return refuse("expected all lines to end alike and every quote closed; convert the line ends: dos2unix");
  if (/Maximum line size|max_line_size/i.test(said))
    return refuse("expected lines of at most 16 MB; a quote may not be closed");
  if (/byte order mark/.test(said))
    return new InputError(
      `read: ${place}: expected JSON without a byte order mark, got one; take it away: tail -c +4 FILE > rows.jsonl`,
      { cause: error },
    );
  if (/duplicate key/.test(said))
    return refuse(`expected each key once, got ${/Object .*/.exec(said)?.[0] ?? "one twice"}`);
  if (/frame descriptor|zstd/i.test(firstLine(said)) && /\.zst$/i.test(place))
    return refuse(
      `expected a whole file packed with zstd, got "${firstLine(said)}"; if it is not packed, rename it without that ending`,
    );
  if (/got non-record JSON/.test(said)) return refuse("expected objects with keys, one a line, got others");
  if (
    /^(Invalid Input Error: (CSV|Malformed|JSON)|IO Error|Permission Error|Invalid Error: (Failed|Invalid))/.test(said)
  )
    return refuse(firstLine(said));
  if (/magic bytes|parquet|snappy|ZSTD|gzip|Thrift|TProtocol|^Invalid Error: /i.test(firstLine(said)))
    return refuse(
      `expected a whole file, got a damaged one (${firstLine(said)}); write it anew, or pass --format if its ending is wrong`,
    );
  if (/^Out of Memory Error/.test(said))
    return refuse(
      `expected to need less memory, got "${firstLine(said)}"; read fewer columns, or fewer rows with --where`,
    );
  if (context.where !== undefined && /^(Conversion|Out of Range|Invalid Input|Binder) Error/.test(said))
    return new InputError(`--where: ${firstLine(said)}`, { cause: error });
  return new Error(`read: ${place}: ${said}`, { cause: error });
}

/** The first line of what DuckDB said: the rest is advice about options that are not ours. */
export function firstLine(message: string): string {
  return message.split("\n", 1)[0].trim();
}
