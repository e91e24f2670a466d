import { InputError } from "./input-error.ts";

/** Training left the numbers behind: a loss or a parameter is not finite. A smaller learning rate is the usual remedy. */
export class Diverged extends InputError {
  override readonly name = "Diverged";
}
