import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { fit, InputError, Interrupted } from "../src/index.ts";
import { key, normal } from "../src/numeric/index.ts";

const folder = mkdtempSync(join(tmpdir(), "unseen-checkpoint-"));
afterAll(() => rmSync(folder, { recursive: true }));

const columns = (rows: number) => {
  const z = normal(key(1));
  const a = Array.from({ length: rows }, z);
  return { a, b: a.map((x) => 0.5 * x + z()), c: a.map(() => z()) };
};
const options = { key: 7, detector: "maf", options: { steps: 150, hidden: 16, blocks: 2 } };

describe("fit with a checkpoint", () => {
  // From 1,000 rows on one network is trained, below one a fold and one more.
  it.each([1200, 60])("%i rows: interrupted and resumed, the same model; no checkpoint is left", async (rows) => {
    const data = columns(rows);
    using whole = await fit(data, options);
    const path = join(folder, `fit-${rows}`);
    const stop = new AbortController();
    let reports = 0;
    const onProgress = ({ stage }: { stage: string }) => {
      if (/^(train|calibrate by folds)$/.test(stage) && ++reports === (rows < 1000 ? 4 : 1)) stop.abort();
    };
    await expect(
      fit(data, {
        ...options,
        options: { ...options.options, steps: 150 },
        checkpoint: path,
        signal: stop.signal,
        onProgress,
      }),
    ).rejects.toThrow(Interrupted);
    expect(readdirSync(folder).filter((file) => file.startsWith(`fit-${rows}`)).length).toBeGreaterThan(0);
    using resumed = await fit(data, { ...options, checkpoint: path });
    const file = (name: string) => join(folder, name);
    await whole.save(file("whole.onnx"));
    await resumed.save(file("resumed.onnx"));
    expect(readFileSync(file("resumed.onnx")).equals(readFileSync(file("whole.onnx")))).toBe(true);
    expect(readdirSync(folder).filter((name) => name.startsWith(`fit-${rows}`))).toEqual([]);
  });

  it("other rows refuse it, and a detector that does not train has no use for it", async () => {
    const path = join(folder, "other");
    const stop = new AbortController();
    const onProgress = ({ stage }: { stage: string }) => stage === "train" && stop.abort();
    await expect(fit(columns(1200), { ...options, checkpoint: path, signal: stop.signal, onProgress })).rejects.toThrow(
      Interrupted,
    );
    await expect(fit(columns(1300), { ...options, checkpoint: path })).rejects.toThrow(
      `checkpoint: ${path}: expected one of this run, got one of other data, options or key; delete it to start anew, or give another path`,
    );
    await expect(fit(columns(50), { key: 1, detector: "knn", checkpoint: path })).rejects.toThrow(
      /^fit: --checkpoint: expected a detector that trains in steps \(.*maf.*\), got knn; leave --checkpoint out$/,
    );
    await expect(fit(columns(1200), { ...options, checkpoint: join(folder, "none", "x") })).rejects.toThrow(InputError);
  });
});

describe("unseen fit --checkpoint", () => {
  it("is refused where the input or the model is", async () => {
    const file = join(folder, "few.csv");
    writeFileSync(file, "a,b\n1,2\n2,3\n3,5\n");
    for (const path of [file, join(folder, "few.onnx")]) {
      const args = ["fit", file, "--detector", "maf", "-o", join(folder, "few.onnx"), "--checkpoint", path];
      const { code, text } = await unseen(args);
      expect(code).toBe(2);
      expect(text).toContain(`fit: --checkpoint: expected a path of its own, got ${path}; give another one`);
    }
  });

  it("Ctrl-C ends with 130 and keeps the training; the same command goes on to the same file", async () => {
    const { a, b, c } = columns(3000);
    const file = (name: string) => join(folder, name);
    writeFileSync(file("rows.csv"), ["a,b,c", ...a.map((x, i) => `${x},${b[i]},${c[i]}`)].join("\n"));
    const args = (model: string, more: string[] = []) => [
      "fit",
      file("rows.csv"),
      "--detector",
      "maf",
      "--steps",
      "5000",
      "--patience",
      "9999",
      "--hidden",
      "16",
      "--json",
      "-o",
      file(model),
      ...more,
    ];
    expect((await unseen(args("cli-whole.onnx"))).code).toBe(0);
    const with_ = ["--checkpoint", file("state")];
    const stopped = await unseen(args("cli-resumed.onnx", with_), (child, stderr) => {
      if (/"stage":"train"/.test(stderr)) child.kill("SIGINT");
    });
    expect(stopped.code).toBe(130);
    expect(existsSync(file("state"))).toBe(true);
    expect(existsSync(file("cli-resumed.onnx"))).toBe(false);
    expect((await unseen(args("cli-resumed.onnx", with_))).code).toBe(0);
    expect(readFileSync(file("cli-resumed.onnx")).equals(readFileSync(file("cli-whole.onnx")))).toBe(true);
    expect(existsSync(file("state"))).toBe(false);
  }, 120_000);
});

function unseen(
  args: readonly string[],
  onStderr: (child: ReturnType<typeof spawn>, text: string) => void = () => {},
): Promise<{ code: number | null; text: string }> {
  const main = fileURLToPath(new URL("../src/cli/main.ts", import.meta.url));
  const child = spawn(process.execPath, ["--import", import.meta.resolve("tsx"), main, ...args], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let text = "";
  child.stderr!.on("data", (chunk) => {
    text += chunk;
    onStderr(child, text);
  });
  return new Promise((done) => child.on("close", (code) => done({ code, text })));
}
