/** A name as an SQL identifier: `a"b` → `"a""b"`. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text as an SQL literal: `it's` → `'it''s'`. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A path as a literal for DuckDB's readers, in which `*`, `?` and `[` stand for themselves. */
export function pathLiteral(path: string): string {
  return literal(path.replace(/[*?[]/g, "[$&]"));
}

/** Values as people see them in an error: in quotes, with control characters escaped, cut after 60 characters. */
export function shown(value: unknown): string {
  const text = typeof value === "string" ? value : String(value);
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
