import { nearNames } from "../data/index.ts";
import { InputError } from "../errors/index.ts";
import { describeOptions, fromTexts, type OptionSchema } from "../options/index.ts";

/** What declares options that become flags: a detector, a protocol. */
export interface Declares {
  readonly name: string;
  readonly options: OptionSchema;
}

export interface DerivedFlags {
  /** The command, as errors name it. */
  readonly who: string;
  /** The flag that chooses among the shelf: --detector, --protocol. */
  readonly chooses: string;
  readonly chosen: Declares;
  readonly shelf: readonly Declares[];
  /** The flags of the command itself, for the near one. */
  readonly own: readonly string[];
}

/** What stood on a command line beside the flags of the command itself. */
export interface DerivedArguments {
  readonly operands: readonly string[];
  /** Options by name, as values. */
  readonly options: Readonly<Record<string, unknown>>;
}

/**
 * Reads flags that are derived from the declaration of options, `--k 5` or `--k=5`; the rest are operands. Throws an
 * InputError for any other flag: with the near one, or what on the shelf has it, or the list.
 */
export function derivedArguments(args: readonly string[], flags: DerivedFlags): DerivedArguments {
  const options = describeOptions(flags.chosen.options);
  const operands: string[] = [];
  const texts: Record<string, string> = {};
  for (let i = 0; i < args.length; i++) {
    const [flag, attached] = /^(--?[^=]+)=(.*)$/s.exec(args[i])?.slice(1) ?? [args[i]];
    if (!/^-./.test(flag)) {
      operands.push(args[i]);
      continue;
    }
    const option = options.find((option) => option.flag === flag);
    if (!option) throw unknownFlag(flag, flags);
    const text = attached ?? args[++i];
    if (text === undefined)
      throw new InputError(`${flags.who}: ${flag}: expected a value, got none; ${option.sentence}`);
    texts[option.name] = text;
  }
  return { operands, options: fromTexts(flags.chosen.options, texts) };
}

function unknownFlag(flag: string, { who, chooses, chosen, shelf, own }: DerivedFlags): InputError {
  const flagsOf = (one: Declares) => describeOptions(one.options).map(({ flag }) => flag);
  const flags = flagsOf(chosen);
  const owners = shelf.filter((other) => flagsOf(other).includes(flag)).map(({ name }) => name);
  const near = nearNames(flag, [...flags, ...own]);
  const remedy =
    owners.length > 0
      ? `it belongs to ${owners.join(", ")}: pass ${chooses} ${owners[0]}; `
      : near.length > 0
        ? `did you mean ${near.join(" or ")}? `
        : "";
  return new InputError(`${who}: ${flag}: unknown option; ${remedy}options of ${chosen.name}: ${flags.join(", ")}`);
}
