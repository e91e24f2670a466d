import { detectors } from "../src/detect/index.ts";
import { fit } from "../src/model/index.ts";
import { key as keyOf, normal } from "../src/numeric/index.ts";

const TRAIN = 5000;
const ROWS = 1000;
const COLUMNS = 20;

/**
 * Seconds to explain 1,000 rows of 20 columns by models of 5,000 rows: correlated normal columns, and three of them far
 * off in every row that is explained, so that nearly all are flagged and a change is looked for. Wall time depends on what
 * else the machine does, CPU time of all threads less so.
 */
export async function measureSpeed(names: readonly string[], key: number): Promise<string[][]> {
  const train = drawn(TRAIN, key, 0);
  const rows = drawn(ROWS, key + 1, 3);
  const lines = [["detector", "flagged", "1,000 rows of 20 columns, s", "CPU s", "≤ 3 columns", "more", "none"]];
  for (const detector of names) {
    if (detectors.find(({ name }) => name === detector)?.labels === "required") continue;
    using model = await fit(train, { detector, key });
    const [started, cpu] = [performance.now(), process.cpuUsage()];
    const explained = await model.explain(rows);
    const seconds = (performance.now() - started) / 1000;
    const { user, system } = process.cpuUsage(cpu);
    const count = (what: (one: (typeof explained)[number]) => boolean | undefined) =>
      String(explained.filter(what).length);
    lines.push([
      detector,
      count(({ flagged }) => flagged),
      seconds.toFixed(1),
      ((user + system) / 1e6).toFixed(1),
      count(({ change }) => change?.small),
      count(({ change }) => change !== null && !change.small),
      count(({ flagged, change }) => flagged && change === null),
    ]);
  }
  return lines;
}

/** Columns that share four factors; in each row `off` of them are moved by 6 to 12. */
function drawn(rows: number, key: number, off: number): Record<string, Float64Array> {
  const draw = normal(keyOf(key).for("speed"));
  const columns = Array.from({ length: COLUMNS }, () => new Float64Array(rows));
  for (let i = 0; i < rows; i++) {
    const factors = Array.from({ length: 4 }, draw);
    columns.forEach((column, j) => {
      column[i] = factors[j % 4] + 0.5 * draw();
    });
    for (let k = 0; k < off; k++) columns[(7 * k + i) % COLUMNS][i] += 6 + Math.min(6, Math.abs(3 * draw()));
  }
  return Object.fromEntries(columns.map((column, j) => [`x${j}`, column]));
}
