import { readFile } from "node:fs/promises";
import { formatTable } from "../src/cli/text-table.ts";

/** A row of the scored file. */
export interface ScoredReading {
  readonly reading: string;
  readonly mote: string;
  readonly humidity: number;
  readonly temperature: number;
  readonly anomalous: boolean;
  readonly score: number;
  readonly pValue: number;
  readonly flagged: boolean;
}

/** Reads what `unseen score` wrote: plain cells without quotes. */
export async function readScored(path: string): Promise<readonly ScoredReading[]> {
  const [, ...lines] = (await readFile(path, "utf8")).trimEnd().split("\n");
  return lines.map((line) => {
    const [reading, mote, humidity, temperature, label, score, pValue, flagged] = line.split(",");
    return {
      reading,
      mote,
      humidity: Number(humidity),
      temperature: Number(temperature),
      anomalous: label === "1",
      score: Number(score),
      pValue: Number(pValue),
      flagged: flagged === "true",
    };
  });
}

const SHOWN = 14;

/** Some of the flagged rows, evenly from the highest score to the lowest. */
export function flaggedTable(rows: readonly ScoredReading[]): string {
  const flagged = rows.filter((row) => row.flagged).sort((a, b) => b.score - a.score);
  const shown = Math.min(SHOWN, flagged.length);
  const picked = Array.from({ length: shown }, (_, i) =>
    Math.round((i * (flagged.length - 1)) / Math.max(1, shown - 1)),
  );
  const table = formatTable(
    [
      { title: "rank", align: "right" },
      { title: "mote", align: "right" },
      { title: "reading", align: "right" },
      { title: "humidity %", align: "right" },
      { title: "temperature °C", align: "right" },
      { title: "score", align: "right" },
      { title: "p-value", align: "right" },
      { title: "labelled" },
    ],
    picked.map((rank) => {
      const { mote, reading, humidity, temperature, score, pValue, anomalous } = flagged[rank];
      const numbers = [humidity.toFixed(1), temperature.toFixed(1), score.toFixed(2), pValue.toFixed(4)];
      return [String(rank + 1), mote, reading, ...numbers, anomalous ? "anomalous" : "normal"];
    }),
  );
  return `${shown} of the ${flagged.length} flagged readings, from the highest score to the lowest:\n${table}`;
}
