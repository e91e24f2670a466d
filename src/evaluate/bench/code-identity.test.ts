import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { codeIdentity } from "./code-identity.ts";
import { suites } from "./suites.ts";

const root = mkdtempSync(join(tmpdir(), "code-identity-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

test("code changes the identity; tests, goldens, declarations and other layers do not", () => {
  for (const folder of ["detect/auto", "evaluate/bench", "cli"]) mkdirSync(join(root, folder), { recursive: true });
  const of = (file: string, content: string) => {
    writeFileSync(join(root, file), content);
    return codeIdentity(["detect", "evaluate"], root);
  };
  const first = of("detect/auto/auto.ts", "1");
  expect(first).toMatch(/^[0-9a-f]{16}$/);
  const same = ["detect/a.test.ts", "detect/a.golden.json", "detect/a.d.ts", "cli/a.ts", "evaluate/bench/a.ts"];
  for (const file of same) expect(of(file, "2")).toBe(first);
  const changed = [of("detect/auto/auto.ts", "2"), of("detect/b.js", ""), of("evaluate/c.ts", "")];
  expect(new Set([first, ...changed]).size).toBe(4);
});

test("every suite's layers are there", () => {
  for (const { layers } of suites) expect(codeIdentity(layers)).toMatch(/^[0-9a-f]{16}$/);
});
