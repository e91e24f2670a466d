import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { openSource } from "./source.ts";
import { writeBeside } from "./write-beside.ts";

const folder = mkdtempSync(join(tmpdir(), "unseen-beside-"));
afterAll(() => rmSync(folder, { recursive: true }));
const input = join(folder, "in.csv");
writeFileSync(input, 'id,text\n007,"a,b"\n010,\n3,c\n');

it("columns stand behind those of the input, which come as they are", async () => {
  using source = await openSource(input);
  const path = join(folder, "out.csv");
  await writeBeside(source, { f: Float64Array.of(0.5, -1, 2) }, path);
  expect(readFileSync(path, "utf8")).toBe('id,text,f\n007,"a,b",0.5\n010,,-1.0\n3,c,2.0\n');
});

it("with a condition on rows the same", async () => {
  using source = await openSource(input, { where: "text = 'c'" });
  const path = join(folder, "out.jsonl");
  await writeBeside(source, { f: Float64Array.of(2) }, path);
  expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({ text: "c", f: 2 });
});

it("a name that the input has is refused", async () => {
  using source = await openSource(input);
  await expect(writeBeside(source, { Text: new Float64Array(3) }, join(folder, "x.csv"))).rejects.toThrow(
    'write: column "Text": expected a free name, got one that the input has; rename it with --sql',
  );
});
