import { detectors } from "../detect/index.ts";
import { InputError } from "../errors/index.ts";
import { type Asked, type Protocol, protocols } from "../evaluate/index.ts";
import { fromTexts } from "../options/index.ts";
import { derivedArguments } from "./derived-flags.ts";

/** Reads what stood beside the flags of the command: the file, and the options of the protocol as flags. */
export function evaluateArguments(
  args: readonly string[],
  protocol: Protocol,
  own: readonly string[],
): { readonly input: string; readonly options: Readonly<Record<string, unknown>> } {
  const flags = { who: "evaluate", chooses: "--protocol", chosen: protocol, shelf: protocols, own };
  const { operands, options } = derivedArguments(args, flags);
  return { input: requireInput(operands), options };
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
