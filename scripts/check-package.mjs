// Checks the package as a user gets it: publint and attw on the tarball, then the tarball installed in an empty folder,
// where `unseen` and the library must run. Run `npm run build` first.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const windows = process.platform === "win32";
const folder = mkdtempSync(join(tmpdir(), "unseen-package-"));
const run = (command, args, cwd = process.cwd()) =>
  execFileSync(command, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], shell: windows });

try {
  for (const file of readdirSync("dist", { recursive: true }).map(String))
    if (file.endsWith(".js") && /(from |import\()"\.[^"]*\.ts"/.test(readFileSync(join("dist", file), "utf8")))
      throw new Error(`check-package: dist/${file} imports a .ts file; TypeScript left the import as it was`);
  console.log(run("npx", ["publint", "--strict"]).trim());
  const [{ filename }] = JSON.parse(run("npm", ["pack", "--json", "--pack-destination", folder]));
  const tarball = join(folder, filename);
  console.log(
    run("npx", ["attw", tarball, "--profile", "esm-only", "--format", "ascii", "--no-color"]).trim().split("\n")[0],
  );

  const home = join(folder, "user");
  mkdirSync(home);
  writeFileSync(join(home, "package.json"), JSON.stringify({ name: "user", private: true, type: "module" }));
  run("npm", ["install", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund", tarball], home);

  const { version } = JSON.parse(readFileSync("package.json", "utf8"));
  const unseen = (...args) => run(join(home, "node_modules", ".bin", windows ? "unseen.cmd" : "unseen"), args, home);
  expect(unseen("--version").trim(), version);

  const rows = Array.from({ length: 300 }, (_, i) => `${Math.sin(i)},${Math.cos(i)},${i % 3 ? "tcp" : "udp"}`);
  writeFileSync(join(home, "normal.csv"), ["x,y,protocol", ...rows].join("\n"));
  writeFileSync(join(home, "new.csv"), "x,y,protocol\n0.84,0.54,tcp\n50,-50,icmp\n");
  unseen("fit", "normal.csv", "-o", "model.onnx");
  const lines = unseen("score", "new.csv", "-m", "model.onnx", "--false-alarm-rate", "0.01").trim().split("\n");
  expect(lines[0], "x,y,protocol,score,p_value,flagged");
  expect(lines[1].endsWith("false") && lines[2].endsWith("true"), true);

  const program = `
    import { fit, load } from "unseen";
    const model = await fit("normal.csv", { key: 7, detector: "mahalanobis" });
    await model.save("library.onnx");
    const { flagged } = await (await load("library.onnx")).score({ x: 50, y: -50, protocol: "icmp" });
    console.log(flagged);`;
  writeFileSync(join(home, "program.mjs"), program);
  expect(run(process.execPath, ["program.mjs"], home).trim(), "true");
  console.log(`package: unseen ${version} installs from its tarball and runs`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function expect(actual, expected) {
  if (actual !== expected) throw new Error(`check-package: expected ${expected}, got ${actual}`);
}
