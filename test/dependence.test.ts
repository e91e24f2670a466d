import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openSource } from "../src/data/index.ts";
import { fit } from "../src/model/index.ts";
import { key, permutation, takeTableRows } from "../src/numeric/index.ts";

const folder = process.env["UNSEEN_DATA"] ?? "../shared/data";
const quick = { key: 7, detector: "mahalanobis", workers: 0 } as const;

const shuffledSets = [
  ...["aloi", "annthyroid", "breastw", "campaign", "cardio", "cover", "donors", "fault", "hepatitis", "http"],
  ...[
    "lymphography",
    "mammography",
    "optdigits",
    "pageblocks",
    "pima",
    "satellite",
    "skin",
    "thyroid",
    "waveform",
    "wine",
  ],
];

describe.skipIf(!existsSync(folder))("what fit sees of order and groups (skipped without UNSEEN_DATA)", () => {
  test("sensor readings: the file's order, and the motes where they are left aside", async () => {
    const path = join(folder, "sensors/suthaharan-single-hop.parquet");
    const options = { ...quick, label: "label", normal: "0", where: "reading <= 1500" };
    using plain = await fit(path, { ...options, ignore: ["reading"] });
    expect(plain.manifest.calibration.warnings.join()).toContain("rows next to each other in the file are alike");
    using aside = await fit(path, { ...options, ignore: ["reading", "mote_id"] });
    expect(aside.manifest.calibration.warnings.join()).toContain('rows of equal "mote_id" are alike');
    using time = await fit(path, { ...options, time: "reading", calibration: "split" });
    expect(time.manifest.calibration.warnings.join()).toContain("scores rise within the calibration rows already");
  });

  test("network flows: the addresses", async () => {
    const ignore = ["id", "Flow ID", "Src IP", "Dst IP", "Src Port", "Dst Port", "Timestamp", "Attempted Category"];
    const path = join(folder, "intrusion/cicids2017-improved.parquet");
    using model = await fit(path, { ...quick, label: "Label", normal: "BENIGN", ignore });
    expect(model.manifest.calibration.warnings.join()).toMatch(/rows of equal .*"Dst IP".* are alike/);
    expect(model.manifest.calibration.warnings.join()).not.toContain("next to each other in the file");
  });

  test("20 tables of ADBench in random order (keys 0 to 19): nothing", async () => {
    for (const [i, name] of shuffledSets.entries()) {
      using source = await openSource(join(folder, `adbench/${name}.parquet`), { where: "label = 0" });
      const columns = source.columns.filter((column) => column.name !== "label" && column.name !== "split");
      const table = await source.read(columns.map((column) => ({ name: column.name, as: "number" as const })));
      const rows = permutation(key(i).for("shuffle"), table.rows).slice(0, 5000);
      const shuffled = takeTableRows(table, rows).columns.map(({ name, values }) => [name, values]);
      using model = await fit(Object.fromEntries(shuffled), quick);
      expect([name, model.manifest.calibration.warnings]).toEqual([name, []]);
    }
  }, 120_000);
});
