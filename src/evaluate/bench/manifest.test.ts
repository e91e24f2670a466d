import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { checkedFile, openDataFolder } from "./manifest.ts";

const folder = mkdtempSync(join(tmpdir(), "manifest-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const entry = {
  name: "wine",
  group: "adbench",
  file: "wine.parquet",
  rows: 3,
  columns: 2,
  label: "label",
  sha256: "0".repeat(64),
};

let count = 0;
function written(content: string): string {
  const own = join(folder, String(count++));
  mkdirSync(own);
  writeFileSync(join(own, "manifest.json"), content);
  return own;
}

test("a manifest is read, what else it says of a set is kept, and UNSEEN_DATA is where it is looked for", () => {
  const path = written(JSON.stringify([{ ...entry, licence: "CC0" }]));
  expect(openDataFolder(path).entries).toEqual([{ ...entry, licence: "CC0", source: "" }]);
  expect(openDataFolder(undefined, { UNSEEN_DATA: path }).path).toBe(path);
});

test.each([
  ["[", /manifest\.json: expected JSON, got ".*"; a manifest is a list of sets in JSON with name, group, file/],
  ["{}", /manifest\.json: Invalid input: expected array, received object; a manifest/],
  [JSON.stringify([entry, { ...entry, name: "pima", rows: "3" }]), /: entry 2 \(pima\) rows: Invalid input/],
  [JSON.stringify([{ ...entry, sha256: "12" }]), /: entry 1 \(wine\) sha256: expected 64 hexadecimal digits/],
  [
    JSON.stringify([{ ...entry, file: "x/../../secret" }]),
    /: entry 1 \(wine\) file: expected a path inside the folder/,
  ],
  [JSON.stringify([entry, entry]), /: expected each name once, got "wine" twice/],
])("%s is refused with its place", (content, message) => {
  expect(() => openDataFolder(written(content))).toThrow(message);
});

test("a folder without a manifest and a file that is absent are named", async () => {
  expect(() => openDataFolder(folder)).toThrow(
    `bench: --data: expected a folder with manifest.json, got none at ${folder}; pass --data, or set UNSEEN_DATA`,
  );
  const data = openDataFolder(written(JSON.stringify([entry])));
  await expect(checkedFile(data, data.entries[0])).rejects.toThrow(
    `bench: wine: expected its file at ${join(data.path, "wine.parquet")}, got none (ENOENT); fetch it again`,
  );
});
