export { Diverged } from "./diverged.ts";
export { InputError } from "./input-error.ts";
export { checkSignal, Interrupted } from "./interrupted.ts";
