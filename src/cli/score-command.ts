import type { Manifest } from "../model/index.ts";
import { shellWord } from "./shell-word.ts";

/** What to type next with a model: how new rows, or images, are scored with it. */
export function scoreCommand({ images }: Pick<Manifest, "images">, path: string): string {
  return `unseen score ${images ? "new-images" : "new.csv"} -m ${shellWord(path)} -o scored.csv`;
}
