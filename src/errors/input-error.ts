/**
 * What the caller can fix: a bad file, column, option or value. The command line exits with 2, a server answers 400.
 *
 * The message is part of the interface: `who: which: expected …, got …; remedy`, in lower case.
 */
export class InputError extends Error {
  override readonly name: string = "InputError";
}
