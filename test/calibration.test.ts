import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { expect, test } from "vitest";

// The reduced run of `npm run bench:calibration`: 20 splits of three real sets. It ends with code 1 when a bound is left.
test.skipIf(!existsSync(process.env["UNSEEN_DATA"] ?? "../shared/data"))(
  "p-values and false discovery control keep their word on real rows (skipped without UNSEEN_DATA)",
  () => {
    const argv = ["--import", "tsx", "bench/calibration.ts", "--quick", "--fresh"];
    expect(execFileSync(process.execPath, argv, { encoding: "utf8", stdio: "pipe" })).toContain("0 of 120 bounds left");
  },
  120_000,
);
