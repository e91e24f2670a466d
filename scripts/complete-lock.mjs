// Adds to package-lock.json the optional packages of other platforms that npm left out, as it does where the registry
// at hand does not serve them: `npm ci` refuses a lock file without them. Run after `npm install`, if `npm ci` complains.
import { readFileSync, writeFileSync } from "node:fs";

const systems = ["aix", "android", "darwin", "freebsd", "linux", "netbsd", "openbsd", "openharmony", "sunos", "win32"];
const processors = {
  arm: "arm",
  arm64: "arm64",
  armv7: "arm",
  aarch64: "arm64",
  ia32: "ia32",
  x64: "x64",
  loong64: "loong64",
  mips64el: "mips64el",
  ppc64: "ppc64",
  ppc64le: "ppc64",
  riscv64: "riscv64",
  s390x: "s390x",
  wasm32: "wasm32",
};

const lock = JSON.parse(readFileSync("package-lock.json", "utf8"));
const found = (from, name) => {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf("/node_modules/")))) {
    if (lock.packages[`${at ? `${at}/` : ""}node_modules/${name}`]) return true;
    if (!at.includes("node_modules/")) return false;
    if (!at.includes("/node_modules/")) at = "";
  }
};
const added = [];
for (const [from, entry] of Object.entries(lock.packages))
  for (const [name, range] of Object.entries(entry.optionalDependencies ?? {})) {
    if (found(from, name)) continue;
    const words = name.split(/[-/@._]/);
    const os = systems.filter((system) => words.includes(system));
    const cpu = Object.keys(processors).filter((word) => words.includes(word));
    const version = /^[~^]?(\d[^ ]*)$/.exec(range)?.[1];
    if (!version || (os.length === 0 && cpu.length === 0)) throw new Error(`complete-lock: ${from}: ${name} ${range}`);
    const libc = words.some((word) => word.startsWith("musl"))
      ? ["musl"]
      : words.some((word) => word.startsWith("gnu"))
        ? ["glibc"]
        : null;
    added.push([
      `node_modules/${name}`,
      {
        version,
        ...(cpu.length > 0 && { cpu: cpu.map((word) => processors[word]) }),
        ...(entry.dev && { dev: true }),
        ...(libc && { libc }),
        license: entry.license,
        optional: true,
        ...(os.length > 0 && { os }),
      },
    ]);
  }
const packages = Object.entries({ ...lock.packages, ...Object.fromEntries(added) });
lock.packages = Object.fromEntries(packages.sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync("package-lock.json", `${JSON.stringify(lock, null, 2)}\n`);
console.log(`package-lock.json: ${added.length} packages of other platforms added`);
