import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { InputError, Interrupted } from "../../errors/index.ts";
import { ndArray, openSession } from "../../graph/index.ts";
import { key, normal, uniform } from "../../numeric/index.ts";
import { discover, discoverFile } from "./discover.ts";

const folder = mkdtempSync(join(tmpdir(), "unseen-discover-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Rows of mixed types with holes; the first `count` are of another kind. */
function rows(n: number, count: number, seed: number): Record<string, unknown>[] {
  const [next, u] = [normal(key(seed)), uniform(key(seed).for("u"))];
  return Array.from({ length: n }, (_, i) => ({
    id: `row ${i} of ${seed}`,
    bytes: i < count ? Math.exp(9 + next() / 10) : Math.exp(5 + next()),
    rate: i < count ? 2 + next() / 10 : next(),
    proto: i < count ? "icmp" : u() < 0.7 ? "tcp" : "udp",
    delay: u() < 0.1 ? null : next() ** 2,
  }));
}
const reference = rows(800, 0, 1);
const window = rows(150, 12, 2);
const options = { reference, key: 0, toys: 19, workers: 0, options: { steps: 150 } };

describe("discover", () => {
  it("a planted kind of row is found, in the columns as people have them", async () => {
    const found = await discover(window, options);
    const { pValue, kernels, logRatios, toys } = found.sparker!;
    expect(pValue).toBe(0.05);
    expect(toys).toHaveLength(19);
    expect(found.columns).toEqual(["bytes", "rate", "proto", "delay"]);
    expect(found.ignored.map(({ name }) => name)).toEqual(["id"]);
    const [first] = kernels;
    expect(first.sign).toBe("excess");
    expect(first.rows.slice(0, 5).every(({ row }) => row <= 12)).toBe(true);
    const columns = Object.fromEntries(first.columns.map((column) => [column.name, column]));
    expect(columns["proto"]).toMatchObject({ center: "icmp", usual: "tcp", from: null });
    // e^9 is 8,103: the center is within a width of it
    expect(columns["bytes"].from).toBeLessThan(8103);
    expect(columns["bytes"].to).toBeGreaterThan(8103);
    const top = Array.from(logRatios.keys())
      .sort((a, b) => logRatios[b] - logRatios[a])
      .slice(0, 12);
    expect(top.filter((row) => row < 12).length).toBeGreaterThanOrEqual(10);
    expect(found.guarantee[0]).toContain("No p-value of so many toys is below 0.05");
    expect(found.citations[0].url).toBe("https://arxiv.org/abs/2511.03095");
  });

  it("f as an ONNX file of raw columns is f of the rows, to 1e-5", async () => {
    const { found, source, model } = await discoverFile(window, { ...options, toys: 3 });
    source[Symbol.dispose]();
    using session = await openSession(model()!);
    const number = (name: string) =>
      ndArray(
        "float64",
        [150],
        Float64Array.from(window, (row) => (row[name] as number | null) ?? Number.NaN),
      );
    const { score, contributions } = await session.run({
      bytes: number("bytes"),
      rate: number("rate"),
      delay: number("delay"),
      proto: ndArray(
        "string",
        [150],
        window.map((row) => row["proto"] as string),
      ),
    });
    const { logRatios, kernels } = found.sparker!;
    for (let i = 0; i < 150; i++) {
      expect(Math.abs((score.data as Float64Array)[i] - logRatios[i])).toBeLessThan(1e-5);
      let sum = 0;
      for (let k = 0; k < kernels.length; k++) sum += (contributions.data as Float64Array)[i * kernels.length + k];
      expect(sum).toBeCloseTo(logRatios[i], 8);
    }
  });

  it("peers, power and controls stand beside it where they are asked for", async () => {
    const found = await discover(window, {
      ...options,
      toys: 9,
      options: { steps: 100 },
      method: "all",
      power: 0.1,
      powerWindows: 8,
      controls: true,
    });
    expect(found.peers.map(({ method }) => method)).toEqual(["mmd-fuse", "c2st"]);
    expect(found.peers[0].pValue).toBeLessThan(0.05);
    expect(found.controls.map(({ name }) => name)).toEqual(["centers that stay", "one width", "null window"]);
    expect(found.power).toMatchObject({ share: 0.1, windows: 8, from: "window" });
    expect(found.citations).toHaveLength(3);
  });

  it("goes on from its checkpoint, which it takes away, and refuses that of another run", async () => {
    const checkpoint = join(folder, "toys.jsonl");
    const controller = new AbortController();
    const once = { ...options, options: { steps: 30 }, toys: 200, checkpoint };
    const interrupted = discover(window, {
      ...once,
      signal: controller.signal,
      onProgress: ({ stage, done }) => stage === "toys" && done >= 40 && controller.abort(),
    });
    await expect(interrupted).rejects.toThrow(Interrupted);
    const lines = readFileSync(checkpoint, "utf8").trim().split("\n");
    expect(lines.length).toBeGreaterThan(20);
    await expect(discover(window, { ...once, key: 1 })).rejects.toThrow(
      "expected toys of this run, got those of other rows, options or key",
    );
    const resumed: number[] = [];
    const found = await discover(window, {
      ...once,
      onProgress: ({ stage, done }) => stage === "toys" && resumed.push(done),
    });
    expect(resumed[0]).toBeGreaterThan(lines.length - 2);
    expect(existsSync(checkpoint)).toBe(false);
    const whole = await discover(window, { ...options, options: { steps: 30 }, toys: 200 });
    expect(whole.sparker!.pValue).toBe(found.sparker!.pValue);
    writeFileSync(checkpoint, "a,b\n1,2\n");
    await expect(discover(window, once)).rejects.toThrow("expected toys of a run, or no file yet, got another file");
  });

  it("what the caller can fix is said by name", async () => {
    const refuse = async (given: object, message: string, of: object[] = window) => {
      const run = discover(of as Record<string, unknown>[], { ...options, toys: 3, ...given } as typeof options);
      await expect(run).rejects.toThrow(InputError);
      await expect(
        discover(of as Record<string, unknown>[], { ...options, toys: 3, ...given } as typeof options),
      ).rejects.toThrow(message);
    };
    await refuse({ method: "kernel" }, 'discover: method: expected sparker or mmd-fuse or c2st or all, got "kernel"');
    await refuse({ options: { kernels: -1 } }, "discover: kernels: expected an integer from 0 to 200, got -1");
    await refuse({ group: "team" }, "discover: --group: ");
    await refuse({ ignore: ["byte"] }, "discover: --ignore: ");
    await refuse(
      {},
      'expected the columns of the reference, got none called "bytes"',
      window.map(({ rate, proto, delay }) => ({ rate, proto, delay })),
    );
    await refuse({ toys: 0 }, "discover: toys: expected a whole number ≥ 1, got 0");
  });

  it("a column that is new in the window alone is told of", async () => {
    const flagged = (all: Record<string, unknown>[], value: (i: number) => string) =>
      all.map((row, i) => ({ ...row, flag: value(i) }));
    const found = await discover(
      flagged(window, (i) => (i < 3 ? "on" : "off")),
      { ...options, reference: flagged(reference, () => "off"), toys: 3, options: { steps: 30 } },
    );
    expect(found.warnings.join()).toContain(
      'column "flag" has one value in the reference, and other values in the window',
    );
  });
});
