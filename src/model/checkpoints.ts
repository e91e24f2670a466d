import { readdir, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { type Detector, detectors, TRAINING_PARTS } from "../detect/index.ts";
import { InputError } from "../errors/index.ts";

/** Throws an InputError for a detector that does not train in steps: there is nothing to go on from. */
export function requireTraining({ name, trains }: Detector): void {
  if (trains) return;
  const those = detectors.filter((detector) => detector.trains).map((detector) => detector.name);
  throw new InputError(
    `fit: --checkpoint: expected a detector that trains in steps (${those.join(", ")}), got ${name}; leave --checkpoint out`,
  );
}

/** Deletes the checkpoints of a fit that is done: those of its folds, and of each run of training. */
export async function removeCheckpoints(path: string): Promise<void> {
  const [folder, name] = [dirname(path), basename(path)];
  const own = (await readdir(folder)).filter((file) => {
    const part = TRAINING_PARTS.findLast((part) => file.endsWith(part))!;
    return file.startsWith(name) && /^(\.fold-\d+)?$/.test(file.slice(name.length, file.length - part.length));
  });
  for (const file of own) await rm(join(folder, file), { force: true });
}
