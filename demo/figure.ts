// Draws docs/demo.svg: the test readings of the demo, with what was flagged. Run: npm run figure
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { openSource } from "../src/data/index.ts";
import { fit } from "../src/index.ts";
import { writeReadings } from "./readings.ts";

const RATE = 0.01;
const kinds = {
  normal: { name: "not flagged", color: "#b8c4d0" },
  alarm: { name: "flagged, labelled normal", color: "#e09f3e" },
  found: { name: "flagged, labelled anomalous", color: "#c1121f" },
  missed: { name: "missed", color: "#000000" },
} as const;

const folder = await mkdtemp(join(tmpdir(), "unseen-figure-"));
try {
  await writeReadings(folder, 7);
  const test = join(folder, "test.csv");
  using model = await fit(join(folder, "train.csv"), { key: 0, label: "label", normal: "0", ignore: ["reading"] });
  const { flagged } = await model.score(test, { falseAlarmRate: RATE });
  using source = await openSource(test);
  const names = ["humidity", "temperature", "label"];
  const { columns, rows } = await source.read(names.map((name) => ({ name, as: "number" })));
  const [humidity, temperature, label] = columns.map((column) => column.values as Float64Array);
  const points = Array.from({ length: rows }, (_, i) => {
    const kind = label[i] === 1 ? (flagged[i] ? "found" : "missed") : flagged[i] ? "alarm" : "normal";
    return { humidity: humidity[i], temperature: temperature[i], kind: kinds[kind].name };
  });
  // Readings that fall on one pixel are one dot.
  const drawn = [
    ...new Map(
      points.map((p) => [`${p.kind} ${Math.round(p.humidity * 5)} ${Math.round(p.temperature * 5)}`, p]),
    ).values(),
  ];
  const order: string[] = Object.values(kinds).map(({ name }) => name);
  const shown = order.filter((name) => points.some(({ kind }) => kind === name));
  const svg = Plot.plot({
    document: parseHTML("<html><body></body></html>").document,
    width: 760,
    height: 420,
    marginLeft: 50,
    marginBottom: 45,
    style: { fontFamily: "system-ui, sans-serif", fontSize: "13px", background: "white" },
    x: { label: "humidity, %", ticks: 8 },
    y: { label: "temperature, °C", grid: true, ticks: 8 },
    color: {
      domain: shown,
      range: shown.map((name) => Object.values(kinds).find((kind) => kind.name === name)!.color),
    },
    marks: [
      Plot.dot(
        drawn.sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind)),
        {
          x: "humidity",
          y: "temperature",
          fill: "kind",
          r: (d) => (d.kind === kinds.normal.name ? 1.2 : 2.6),
          sort: null,
        },
      ),
      Plot.text(shown, {
        x: () => 92,
        y: (_, i) => 56 - 2.2 * i,
        text: (name) => `● ${points.filter(({ kind }) => kind === name).length.toLocaleString("en-US")} ${name}`,
        fill: (name) => name,
        textAnchor: "end",
      }),
    ],
  });
  svg.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  await writeFile("docs/demo.svg", `${svg.outerHTML.replace(/(\.\d)\d+/g, "$1")}\n`);
} finally {
  await rm(folder, { recursive: true, force: true });
}
