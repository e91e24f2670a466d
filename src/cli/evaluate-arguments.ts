import { nearNames } from "../data/index.ts";
import { detectors } from "../detect/index.ts";
import { InputError } from "../errors/index.ts";
import { type Asked, type Protocol, protocols } from "../evaluate/index.ts";
import { describeOptions, fromTexts } from "../options/index.ts";

/**
 * Reads what stood beside the flags of the command: the file, and flags derived from the declaration of the protocol's
 * options, `--train-share 0.6` or `--train-share=0.6`. Throws an InputError for any other flag: with the near one, or the
 * protocol that has it.
 */
export function evaluateArguments(
  args: readonly string[],
  protocol: Protocol,
  own: readonly string[],
): { readonly input: string; readonly options: Readonly<Record<string, unknown>> } {
  const options = describeOptions(protocol.options);
  const operands: string[] = [];
  const texts: Record<string, string> = {};
  for (let i = 0; i < args.length; i++) {
    const [flag, attached] = /^(--?[^=]+)=(.*)$/s.exec(args[i])?.slice(1) ?? [args[i]];
    if (!/^-./.test(flag)) {
      operands.push(args[i]);
      continue;
    }
    const option = options.find((option) => option.flag === flag);
    if (!option) throw unknownFlag(flag, protocol, own);
    const text = attached ?? args[++i];
    if (text === undefined) throw new InputError(`evaluate: ${flag}: expected a value, got none; ${option.sentence}`);
    texts[option.name] = text;
  }
  return { input: requireInput(operands), options: fromTexts(protocol.options, texts) };
}

/** A detector with options as it is written: `knn:k=5:metric=manhattan`. */
export function askedDetector(text: string): Asked {
  const [name, ...parts] = text.split(":");
  if (parts.length === 0) return name;
  const texts = parts.map((part) => {
    const at = part.indexOf("=");
    if (at > 0 && at < part.length - 1) return [part.slice(0, at), part.slice(at + 1)] as const;
    throw new InputError(
      `evaluate: --detectors: expected a name, or a name and options as in knn:k=5:metric=manhattan, got "${text}"`,
    );
  });
  const camel = (option: string) => option.replace(/^--/, "").replace(/-(.)/g, (_, letter) => letter.toUpperCase());
  const given = Object.fromEntries(texts.map(([option, value]) => [camel(option), value]));
  const detector = detectors.find((one) => one.name === name);
  return { detector: name, options: detector ? fromTexts(detector.options, given) : given };
}

/** The keys as they are written: whole numbers. */
export function keysOf(texts: readonly string[]): readonly number[] {
  return texts.map((text) => {
    if (/^\d{1,15}$/.test(text)) return Number(text);
    throw new InputError(
      `evaluate: --keys: expected whole numbers with commas between them, got "${text}"; pass --keys 0,1,2`,
    );
  });
}

function requireInput([input, ...more]: readonly string[]): string {
  if (input === undefined)
    throw new InputError("evaluate: file: expected a file of labelled rows, got none; pass labelled.csv");
  if (more.length > 0)
    throw new InputError(
      `evaluate: file: expected one file, got ${more.length + 1} (${[input, ...more].slice(0, 3).join(", ")}); quote a pattern, so that the shell leaves it whole: "*.csv"`,
    );
  if (input === "-")
    throw new InputError(
      "evaluate: -: expected a file, got a pipe, and rows are read more than once; save them first: cat > rows.jsonl",
    );
  return input;
}

function unknownFlag(flag: string, protocol: Protocol, own: readonly string[]): InputError {
  const flagsOf = (one: Protocol) => describeOptions(one.options).map(({ flag }) => flag);
  const flags = flagsOf(protocol);
  const owners = protocols.filter((other) => flagsOf(other).includes(flag)).map(({ name }) => name);
  const near = nearNames(flag, [...flags, ...own]);
  const remedy =
    owners.length > 0
      ? `it belongs to ${owners.join(", ")}: pass --protocol ${owners[0]}; `
      : near.length > 0
        ? `did you mean ${near.join(" or ")}? `
        : "";
  return new InputError(`evaluate: ${flag}: unknown option; ${remedy}options of ${protocol.name}: ${flags.join(", ")}`);
}
