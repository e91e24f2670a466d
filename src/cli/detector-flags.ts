import { nearNames } from "../data/index.ts";
import type { Detector } from "../detect/index.ts";
import { InputError } from "../errors/index.ts";
import { describeOptions, fromTexts } from "../options/index.ts";

/** What stood on a command line beside the flags that every fit has. */
export interface DetectorArguments {
  readonly operands: readonly string[];
  /** The detector's options by name, as values. */
  readonly options: Readonly<Record<string, unknown>>;
}

/**
 * Reads the flags of a detector, `--k 5` or `--k=5`, that are derived from the declaration of its options; the rest are
 * operands. Throws an InputError for any other flag: with the near one, or the detector that has it, or the list.
 *
 * `own` are the flags of the command itself, for the near one.
 */
export function detectorArguments(
  args: readonly string[],
  detector: Detector,
  shelf: readonly Detector[],
  own: readonly string[],
): DetectorArguments {
  const options = describeOptions(detector.options);
  const operands: string[] = [];
  const texts: Record<string, string> = {};
  for (let i = 0; i < args.length; i++) {
    const [flag, attached] = /^(--?[^=]+)=(.*)$/s.exec(args[i])?.slice(1) ?? [args[i]];
    if (!/^-./.test(flag)) {
      operands.push(args[i]);
      continue;
    }
    const option = options.find((option) => option.flag === flag);
    if (!option) throw unknownFlag(flag, detector, shelf, own);
    const text = attached ?? args[++i];
    if (text === undefined) throw new InputError(`fit: ${flag}: expected a value, got none; ${option.sentence}`);
    texts[option.name] = text;
  }
  return { operands, options: fromTexts(detector.options, texts) };
}

function unknownFlag(flag: string, detector: Detector, shelf: readonly Detector[], own: readonly string[]): InputError {
  const flags = flagsOf(detector);
  const owners = shelf.filter((other) => flagsOf(other).includes(flag)).map(({ name }) => name);
  const near = nearNames(flag, [...flags, ...own]);
  const remedy =
    owners.length > 0
      ? `it belongs to ${owners.join(", ")}: pass --detector ${owners[0]}; `
      : near.length > 0
        ? `did you mean ${near.join(" or ")}? `
        : "";
  return new InputError(`fit: ${flag}: unknown option; ${remedy}options of ${detector.name}: ${flags.join(", ")}`);
}

const flagsOf = (detector: Detector) => describeOptions(detector.options).map(({ flag }) => flag);
