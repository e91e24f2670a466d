/** The command line that is running, as one would type it. */
export function commandText({ argv }: { readonly argv: readonly string[] }): string {
  return ["unseen", ...argv].map(shellWord).join(" ");
}

/** A text as one word for a shell: in single quotes where it needs them. */
export function shellWord(text: string): string {
  return /^[\w./:@%+,=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
