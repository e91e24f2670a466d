import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, expect, test } from "vitest";
import { InputError } from "../errors/index.ts";
import { replaceFile } from "./replace-file.ts";

const folder = mkdtempSync(join(tmpdir(), "replace-file-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const path = join(folder, "out.txt");
beforeEach(() => writeFileSync(path, "old"));

const failed = (code: string, message = code) => Object.assign(new Error(message), { code });

test("the new file is there once it is whole", async () => {
  await replaceFile(path, async (beside) => {
    await writeFile(beside, "half");
    expect(readFileSync(path, "utf8")).toBe("old");
    await writeFile(beside, "new");
  });
  expect(readFileSync(path, "utf8")).toBe("new");
  expect(readdirSync(folder)).toEqual(["out.txt"]);
});

test.each([
  ["ENOSPC", /out\.txt: .*the disk is full/],
  ["EFBIG", /out\.txt: .*larger than files may be/],
  ["EIO", /out\.txt: .*the system said "EIO"/],
])("%s in the middle: the old file stays, nothing is left beside it", async (code, message) => {
  const writing = replaceFile(path, async (beside) => {
    await writeFile(beside, "half");
    throw failed(code);
  });
  await expect(writing).rejects.toThrow(InputError);
  await expect(writing).rejects.toThrow(message);
  expect(readFileSync(path, "utf8")).toBe("old");
  expect(readdirSync(folder)).toEqual(["out.txt"]);
});

test("what the system did not say is thrown on", async () => {
  for (const error of [new Error("ours"), failed("ERR_INVALID_ARG_TYPE")])
    await expect(replaceFile(path, () => Promise.reject(error))).rejects.toBe(error);
});

test("a folder that vanishes meanwhile is an InputError", async () => {
  const gone = join(folder, "gone");
  mkdirSync(gone);
  const writing = replaceFile(join(gone, "out.txt"), async (beside) => {
    await writeFile(beside, "new");
    rmSync(gone, { recursive: true });
  });
  await expect(writing).rejects.toThrow(/out\.txt: .*its folder does not exist/);
  expect(existsSync(gone)).toBe(false);
});

test("two at once: each writes its own, and the later one stays", async () => {
  const write = (text: string, ms: number) =>
    replaceFile(path, async (beside) => {
      await writeFile(beside, text);
      await new Promise((resolve) => setTimeout(resolve, ms));
    });
  await Promise.all([write("first", 60), write("second", 5)]);
  expect(readFileSync(path, "utf8")).toBe("first");
  expect(readdirSync(folder)).toEqual(["out.txt"]);
});

test.skipIf(process.platform === "win32")("a link stays a link, and a device is no file", async () => {
  const [link, device] = [join(folder, "link"), join(folder, "device")];
  symlinkSync(path, link);
  symlinkSync("/dev/null", device);
  await replaceFile(link, (beside) => writeFile(beside, "through"));
  expect(readFileSync(path, "utf8")).toBe("through");
  await expect(replaceFile(device, (beside) => writeFile(beside, "x"))).rejects.toThrow(/device: .*device or a pipe/);
  rmSync(link);
  rmSync(device);
});
