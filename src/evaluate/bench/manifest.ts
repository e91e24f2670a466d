import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { isAbsolute, join, normalize, resolve, sep } from "node:path";
import { z } from "zod";
import { InputError } from "../../errors/index.ts";

const entry = z.looseObject({
  name: z.string().min(1),
  group: z.string().min(1),
  /** The path of the file, from the folder of the manifest, inside it. */
  file: z.string().min(1).refine(isInside, "expected a path inside the folder of the manifest"),
  rows: z.int().min(1),
  columns: z.int().min(1),
  /** The column that says what a row is; null where none does. */
  label: z.string().nullable(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, "expected 64 hexadecimal digits"),
  source: z.string().default(""),
  /** Rows of each label, where they were counted. */
  classes: z.record(z.string(), z.int()).optional(),
  /** Rows of a fixed split, where there is one. */
  train: z.int().optional(),
  test: z.int().optional(),
});

/** One data set as `manifest.json` describes it. */
export type ManifestEntry = z.infer<typeof entry>;

/** A folder of data sets with its manifest. */
export interface DataFolder {
  readonly path: string;
  readonly entries: readonly ManifestEntry[];
}

function isInside(path: string): boolean {
  const [first] = normalize(path).split(sep);
  return !isAbsolute(path) && first !== "..";
}

/** Where data is looked for when nobody says. */
const USUAL_PLACES = ["data", "../shared/data"];

/**
 * The folder of data sets and what its `manifest.json` says: `given`, else UNSEEN_DATA, else `data` or `../shared/data`.
 * Throws an InputError that names what was looked for, or the place in the manifest that is not as expected.
 */
export function openDataFolder(
  given?: string,
  env: Readonly<Record<string, string | undefined>> = process.env,
): DataFolder {
  const told = given ?? (env["UNSEEN_DATA"] || undefined);
  const places = (told === undefined ? USUAL_PLACES : [told]).map((place) => resolve(place));
  const path = places.find((place) => existsSync(join(place, "manifest.json")));
  if (path === undefined)
    throw new InputError(
      `bench: --data: expected a folder with manifest.json, got none at ${places.join(" or ")}; pass --data, or set UNSEEN_DATA`,
    );
  return { path, entries: readManifest(join(path, "manifest.json")) };
}

function readManifest(path: string): readonly ManifestEntry[] {
  const refuse = (what: string, cause?: unknown) =>
    new InputError(
      `bench: ${path}: ${what}; a manifest is a list of sets in JSON with name, group, file, rows, columns, label and sha256`,
      {
        cause,
      },
    );
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, "utf8"));
  } catch (cause) {
    throw refuse(`expected JSON, got "${(cause as Error).message}"`, cause);
  }
  const parsed = z.array(entry).safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const [at, ...field] = issue.path;
    const named = Array.isArray(value) && typeof at === "number" ? (value[at]?.name ?? null) : null;
    const place = [at === undefined ? "" : `entry ${Number(at) + 1}`, named === null ? "" : `(${named})`, ...field];
    throw refuse(`${place.filter((part) => part !== "").join(" ")}: ${issue.message}`.replace(/^: /, ""));
  }
  const names = parsed.data.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw refuse(`expected each name once, got ${JSON.stringify(twice)} twice`);
  return parsed.data;
}

/** The path of a set's file, and the SHA-256 of its content, which has to be the one that the manifest names. */
export async function checkedFile(folder: DataFolder, { name, file, sha256 }: ManifestEntry): Promise<string> {
  const path = join(folder.path, file);
  const content = await readFile(path).catch((cause) => {
    throw new InputError(`bench: ${name}: expected its file at ${path}, got none (${cause.code}); fetch it again`, {
      cause,
    });
  });
  const found = createHash("sha256").update(content).digest("hex");
  if (found === sha256) return path;
  throw new InputError(
    `bench: ${name}: expected ${path} to have the sha256 of its manifest, ${sha256.slice(0, 12)}…, got ${found.slice(0, 12)}…; fetch it again, or mend the manifest`,
  );
}
