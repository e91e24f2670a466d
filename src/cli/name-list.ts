import { InputError } from "../errors/index.ts";

/** The names in `a,b`; one that holds a comma stands in double quotes: `"a,b",c`. A double quote is written twice. */
export function nameList(text: string, who: string): string[] {
  const names: string[] = [];
  let rest = text;
  for (;;) {
    const quoted = /^\s*"((?:[^"]|"")*)"\s*(?=,|$)/.exec(rest);
    const plain = quoted ?? /^[^,]*/.exec(rest)!;
    const name = quoted ? quoted[1].replaceAll('""', '"') : plain[0].trim();
    if (name === "") throw new InputError(`${who}: expected names with commas between them, got "${text}"`);
    names.push(name);
    rest = rest.slice(plain[0].length);
    if (rest === "") return names;
    rest = rest.slice(1);
  }
}

/** For options that may be given several times: adds the names to those given before. */
export function addNames(who: string): (text: string, before: readonly string[] | undefined) => string[] {
  return (text, before) => [...(before ?? []), ...nameList(text, who)];
}
