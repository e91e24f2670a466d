import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { capturedRun } from "./captured-run.ts";

const folder = mkdtempSync(join(tmpdir(), "unseen-cli-images-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string) => join(folder, name);
const flat = (text: string) => text.replace(/\s+/g, " ");

/** 6 × 6 pixels, a column lit; a row where it is odd. */
async function draw(path: string, odd: boolean, light: number) {
  const pixels = Buffer.from(
    Array.from({ length: 36 }, (_, i) => ((odd ? Math.floor(i / 6) : i % 6) === 2 ? light : i % 7)),
  );
  await sharp(pixels, { raw: { height: 6, width: 6, channels: 1 } })
    .toColourspace("b-w")
    .png()
    .toFile(path);
}

beforeAll(async () => {
  for (const name of ["normal", "new"]) mkdirSync(at(name));
  for (let i = 0; i < 40; i++) await draw(at(`normal/${String(i).padStart(2, "0")}.png`), false, 200 + (i % 11) * 5);
  await draw(at("new/a.png"), false, 225);
  await draw(at("new/it's odd, 100%.png"), true, 230);
});

const knn = ["--detector", "knn", "--scaling", "none", "--calibration", "split", "--workers", "0"];

test("a folder in, a line a file out; explain, report and inspect know images", async () => {
  const model = at("model.onnx");
  const fit = await capturedRun(["fit", at("normal"), ...knn, "-o", model]);
  expect(fit.code).toBe(0);
  for (const said of [
    "pixels of images, and nothing else",
    "6 × 6 pixels, gray, values from 0 to 255",
    "next: unseen score new-images -m",
  ])
    expect(flat(fit.stderr)).toContain(said);
  expect(flat(fit.stderr)).toMatch(/fit least held out, images: "\d\d\.png" \(score/);
  const report = at("report.html");
  const scored = await capturedRun([
    ...["score", at("new"), "-m", model, "--false-alarm-rate", "0.2", "-o", at("scored.csv"), "--report", report],
    ...["--trust", "--workers", "0"],
  ]);
  expect(scored.code).toBe(0);
  const lines = readFileSync(at("scored.csv"), "utf8").trim().split("\n");
  expect(lines[0]).toBe("file,score,p_value,flagged");
  expect(lines[1]).toMatch(/^a\.png,.*,false$/);
  expect(lines[2]).toMatch(/^"it's odd, 100%\.png",.*,true$/);
  const page = readFileSync(report, "utf8");
  expect(page.match(/<img class="pixels" src="data:image\/png;base64,/g)?.length).toBe(3); // in the table, and with its map
  const asked = [
    "explain",
    at("new"),
    "-m",
    model,
    "--row",
    "2",
    "--false-alarm-rate",
    "0.2",
    "--trust",
    "--workers",
    "0",
  ];
  const explained = await capturedRun(asked);
  expect(flat(explained.stdout)).toMatch(
    /row 2, it's odd, 100%\.png score .* flagged .* a cell of the image gets the color around it/,
  );
  expect(explained.stdout).toMatch(/^ {4}[·░▒▓█]{12}$/m);
  const reasons = at("reasons.csv");
  expect((await capturedRun([...asked, "-o", reasons])).code).toBe(0);
  expect(readFileSync(reasons, "utf8")).toMatch(/change_to,file\n2,.*,"?it's odd, 100%\.png"?\n/);
  const json = JSON.parse((await capturedRun([...asked, "--json"])).stdout);
  expect([json.map.length, json.map[0].length]).toEqual([6, 6]);
  expect((await capturedRun(["inspect", at("new")])).stdout).toContain("pixels alone are learned from");
  expect((await capturedRun(["inspect", model])).stdout).toContain("pixels of images, and nothing else");
});

test("a network on images is calibrated on held-out ones, and the summary says so", async () => {
  const flags = ["--detector", "autoencoder", "--steps", "1", "--workers", "0"];
  const fit = await capturedRun(["fit", at("normal"), ...flags, "-o", at("network.onnx")]);
  expect(fit.code).toBe(0);
  expect(flat(fit.stderr)).toContain(
    "held out, so that one network is trained: --calibration cross learns from all images",
  );
});

test("an image that is none: exit code 2, its name, and nothing written", async () => {
  mkdirSync(at("broken"));
  for (const name of ["1.png", "2.png", "3.png"]) await draw(at(`broken/${name}`), false, 200);
  writeFileSync(at("broken/2.png"), readFileSync(at("broken/1.png")).subarray(0, 60));
  const fit = await capturedRun(["fit", at("broken"), ...knn, "-o", at("none.onnx")]);
  expect([fit.code, existsSync(at("none.onnx"))]).toEqual([2, false]);
  expect(fit.stderr).toMatch(/broken\/2\.png: expected a whole PNG or JPEG image/);
  const help = await capturedRun(["fit", "--help"]);
  expect(flat(help.stdout)).toContain("or a folder of PNG or JPEG images");
});
