/** Remembers the last answer, by its name: units come set by set. */
export function lastOnly<A extends readonly unknown[], T>(
  read: (...args: A) => Promise<T>,
  nameOf: (...args: A) => string,
): (...args: A) => Promise<T> {
  let last: { readonly name: string; readonly value: Promise<T> } | null = null;
  return (...args) => {
    const name = nameOf(...args);
    if (last?.name !== name) last = { name, value: read(...args) };
    return last.value;
  };
}
