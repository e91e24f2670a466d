import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { InputError } from "../errors/index.ts";

const ENDING = /\.(png|jpe?g)$/i;

/** Whether a path is a folder with images in it, or in a folder in it, and so an input of images. */
export function isImageFolder(path: string): boolean {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return false;
  return entries(path).some((name) => ENDING.test(name));
}

/**
 * The images of a folder and of the folders in it, sorted by name: paths from the folder on, with slashes, and the folder
 * that each lies in ("." for the top one), which may say what it shows. Hidden files, links to folders and files of
 * other kinds are passed over.
 */
export function findImages(folder: string): { readonly names: readonly string[]; readonly folders: readonly string[] } {
  const names = entries(folder)
    .filter((name) => ENDING.test(name))
    .sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const folders = names.map((name) => (name.includes("/") ? name.slice(0, name.lastIndexOf("/")) : "."));
  return { names, folders };
}

function entries(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => !entry.isDirectory())
      .map(({ parentPath, name }) => join(parentPath, name).slice(join(folder, "/").length).replaceAll("\\", "/"))
      .filter((name) => !name.split("/").some((part) => part.startsWith(".")));
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === undefined) throw cause;
    throw new InputError(`read: ${folder}: expected a folder that can be read, got ${code}; check its permissions`, {
      cause,
    });
  }
}
