import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fit, type Scores } from "../../src/index.ts";
import { orders, timestamps } from "./orders.ts";
import { python } from "./python.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const page = readFileSync(join(root, "docs/anywhere.md"), "utf8");
const folder = mkdtempSync(join(tmpdir(), "unseen-anywhere-"));
let expected: Scores;

/** The blocks of a language in the page. */
const blocks = (language: string) =>
  [...page.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].filter((block) => block[1] === language).map((block) => block[2]);

beforeAll(async () => {
  const fresh = orders(2, 300, true);
  const rows = Array.from({ length: 300 }, (_, i) =>
    Object.fromEntries(Object.entries(fresh).map(([name, values]) => [name, plain(values[i])])),
  );
  using model = await fit(orders(1, 400), { key: 7, columns: timestamps });
  expected = await model.score(rows, { falseAlarmRate: 0.01 });
  await model.save(join(folder, "model.onnx"));
  writeFileSync(join(folder, "rows.json"), JSON.stringify(rows));
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true }));

function agree(out: string): void {
  const lines = out.trim().split("\n");
  expect(lines.length).toBe(300);
  lines.forEach((line, i) => {
    const { score, p_value, flagged } = JSON.parse(line);
    expect(Math.abs(score - expected.scores[i])).toBeLessThanOrEqual(2e-6 * Math.abs(expected.scores[i]));
    expect(p_value).toBe(expected.pValues[i]);
    expect(flagged).toBe(expected.flagged[i] === 1);
  });
  expect(expected.flaggedCount).toBeGreaterThan(0);
}

test("the Node recipe runs as it stands", () => {
  const [script] = blocks("js");
  writeFileSync(join(folder, "score.mjs"), script);
  agree(run(process.execPath, ["score.mjs", "model.onnx", "rows.json", "0.01"]));
});

test.skipIf(python === null)("the Python recipe runs as it stands", () => {
  const [script] = blocks("python");
  writeFileSync(join(folder, "score.py"), script);
  agree(run(python!, ["score.py", "model.onnx", "rows.json", "0.01"]));
});

test("the page's script runs on the files that the page says to copy", () => {
  const [html] = blocks("html");
  const [, script] = /<script type="module">\n([\s\S]*?)<\/script>/.exec(html)!;
  const copies = blocks("sh").flatMap((block) => [...block.matchAll(/^cp (\S+) (site\/ort\/)$/gm)]);
  expect(copies.length).toBe(3);
  mkdirSync(join(folder, "site/ort"), { recursive: true });
  for (const [, from, to] of copies) copyFileSync(join(root, from), join(folder, to, from.split("/").at(-1)!));
  writeFileSync(join(folder, "site/page.mjs"), script);
  writeFileSync(join(folder, "browser.mjs"), browser);
  agree(run(process.execPath, ["browser.mjs"]));
}, 60_000);

/** What the page's script sees of a browser: files beside it by `fetch`, one element. */
const browser = `
import { readFileSync } from "node:fs";
const pre = { textContent: "" };
globalThis.document = { querySelector: (name) => (name === "pre" ? pre : null) };
const fetchUrl = globalThis.fetch;
globalThis.fetch = async (path) =>
  path === "rows.json" || path === "model.onnx" ? new Response(readFileSync(path)) : fetchUrl(path);
await import("./site/page.mjs");
console.log(pre.textContent);
`;

function run(command: string, parameters: string[]): string {
  return execFileSync(command, parameters, { cwd: folder, encoding: "utf8", maxBuffer: 1 << 28 });
}

function plain(value: unknown): unknown {
  if (value instanceof Date) return value.getTime() / 1000;
  return typeof value === "number" && !Number.isFinite(value) ? null : value;
}
