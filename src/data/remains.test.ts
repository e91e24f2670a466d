import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { outputPart } from "./output-part.ts";
import { behindLinks, privateFolder, removeRemains } from "./remains.ts";

const folder = mkdtempSync(join(tmpdir(), "remains-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("what a process left is taken away: its parts beside the output and its folders, not those of others", () => {
  const output = join(folder, "out.csv");
  const other = join(folder, basename(outputPart(output)).replace(String(process.pid), `${process.pid}0`));
  for (const path of [output, outputPart(output), outputPart(output), other]) writeFileSync(path, "");
  const [own, spilled] = [privateFolder(), privateFolder()];
  mkdirSync(join(spilled, "spill"), { recursive: true });
  removeRemains(process.pid, output);
  expect(readdirSync(folder).toSorted()).toEqual([basename(other), "out.csv"].toSorted());
  expect([own, spilled].map(existsSync)).toEqual([false, false]);
  expect(dirname(own)).toBe(tmpdir());
});

test("a folder that is gone leaves nothing to take away", () => {
  expect(() => removeRemains(process.pid, join(folder, "none", "out.csv"))).not.toThrow();
});

test.skipIf(process.platform === "win32")("the file behind links is written; what is no file has its own path", () => {
  const [file, link, again, lost] = ["file", "link", "again", "lost"].map((name) => join(folder, name));
  writeFileSync(file, "");
  symlinkSync(file, link);
  symlinkSync(link, again);
  symlinkSync(join(folder, "none"), lost);
  expect([file, link, again].map(behindLinks)).toEqual(Array(3).fill(behindLinks(file)));
  expect(behindLinks(lost)).toBe(lost);
  expect(behindLinks("/dev/null")).toBe("/dev/null");
});
