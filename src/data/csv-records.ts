/** The first records of a CSV text, as RFC 4180 reads it: quotes may hold delimiters and line ends. */
export interface CsvRecords {
  readonly records: readonly (readonly string[])[];
  /** What ends the first record; undefined when there is only one. */
  readonly lineEnd: "\n" | "\r\n" | "\r" | undefined;
  /** Whether a cell of the first record contains a line end. */
  readonly brokenHeader: boolean;
}

/** Up to `limit` records of the text. A record that the text cuts off is left out, unless it is the only one. */
export function csvRecords(text: string, delimiter: string, limit: number): CsvRecords {
  const records: string[][] = [];
  let [record, cell, quoted, start] = [[] as string[], "", false, true];
  let lineEnd: CsvRecords["lineEnd"];
  for (let i = 0; i < text.length && records.length < limit; i++) {
    const c = text[i];
    if (quoted) {
      if (c !== '"') cell += c;
      else if (text[i + 1] === '"') cell += text[++i];
      else quoted = false;
    } else if (c === '"' && start) {
      quoted = true;
      start = false;
    } else if (c === delimiter) {
      record.push(cell);
      [cell, start] = ["", true];
    } else if (c === "\n" || c === "\r") {
      const end = c === "\r" && text[i + 1] === "\n" ? "\r\n" : c;
      i += end.length - 1;
      lineEnd ??= end;
      if (record.length || cell || !start) records.push([...record, cell]);
      [record, cell, start] = [[], "", true];
    } else {
      cell += c;
      start = false;
    }
  }
  if (records.length < limit && (record.length || cell) && !quoted) records.push([...record, cell]);
  return { records, lineEnd, brokenHeader: records[0]?.some((name) => /[\r\n]/.test(name)) ?? false };
}

const candidates = ["\t", ";", "|", ","];

/**
 * The delimiter that splits the first record and agrees most with the records after it; a comma when none does.
 * DuckDB's own sniffer prefers a delimiter that never occurs when one row is ragged.
 */
export function findDelimiter(text: string): string {
  let [best, agreement] = [",", 0];
  for (const delimiter of candidates) {
    const { records } = csvRecords(text, delimiter, 100);
    const cells = records[0]?.length ?? 0;
    const share = records.filter((record) => record.length === cells).length / records.length;
    if (cells > 1 && share > agreement) [best, agreement] = [delimiter, share];
  }
  return best;
}
