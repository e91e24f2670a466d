import { expect, it, test } from "vitest";
import { type JsonLinesBatch, jsonLines } from "./index.ts";

async function* pieces(...list: (string | Uint8Array)[]) {
  yield* list;
}

async function batches(...list: (string | Uint8Array)[]): Promise<JsonLinesBatch[]> {
  const out: JsonLinesBatch[] = [];
  for await (const batch of jsonLines(pieces(...list), { maxLineLength: 40 })) out.push(batch);
  return out;
}

it("yields what has arrived, whole lines only", async () => {
  const bytes = new TextEncoder().encode('{"a":"é"}\r\n');
  expect(await batches('{"a":1}\n{"a"', ":2}\n\n", bytes.subarray(0, 7), bytes.subarray(7), '{"a":4}')).toEqual([
    { firstLine: 1, rows: [{ a: 1 }], raw: ['{"a":1}'] },
    { firstLine: 2, rows: [{ a: 2 }], raw: ['{"a":2}'] },
    { firstLine: 4, rows: [{ a: "é" }], raw: ['{"a":"é"}'] },
    { firstLine: 5, rows: [{ a: 4 }], raw: ['{"a":4}'] },
  ]);
});

it("bounds a batch", async () => {
  const sizes = (await batches('{"a":1}\n'.repeat(2500))).map(({ rows, firstLine }) => [firstLine, rows.length]);
  expect(sizes).toEqual([
    [1, 1024],
    [1025, 1024],
    [2049, 452],
  ]);
});

const refusals: [string, string, RegExp][] = [
  ["a broken line", '{"a":1}\n\n{"a":\n', /read: standard input: line 3: expected one JSON object, got "\{/],
  ["a list", "[1]\n", /line 1: expected one JSON object/],
  ["a long line", `{"a":1}\n{"a":"${"x".repeat(60)}"}\n`, /line 2: expected at most 40 characters/],
  ["a long line without end", `{"a":1}\n{"a":"${"x".repeat(60)}`, /line 2: expected at most 40 characters/],
];

test.each(refusals)("refuses %s", async (_, text, message) => {
  await expect(batches(text)).rejects.toThrow(message);
});
