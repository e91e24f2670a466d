import { checkSignal } from "../../errors/index.ts";
import { entriesOf, type ImageShape, type Images, short, type Table, takeTableRows } from "../../numeric/index.ts";
import { policyOf } from "../decide.ts";
import type { Contribution, Explanation } from "../explanation.ts";
import type { OpenModel } from "../open-model.ts";
import { openScoring } from "../run.ts";
import type { ExplainOptions } from "./explain-table.ts";

/** So many cells lie along the longer side of an image at most. */
const CELLS = 14;

/** A rectangle of an image: its upper left pixel and sizes. */
interface Cell {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

/**
 * Which parts of images carry their scores: an image is cut into cells (14 along its longer side), each is wiped in turn, to
 * the mean color of the pixels around it, and scored again. The part of the score that a cell carries is what the score then
 * loses. In the order of the rows; `row` counts from 1. Cost: some 200 scored images for each. Wiping a cell may itself look
 * odd: a negative part says so. Throws Interrupted when the signal fires.
 */
export async function explainImages(
  model: OpenModel,
  table: Table,
  options: ExplainOptions,
): Promise<readonly Explanation[]> {
  const images = table.images!;
  const level = policyOf(model.calibration, model.manifest, options, "explain").streamThreshold();
  const cells = cellsOf(images.shape);
  const across = Math.ceil(images.shape.width / cells[0].width);
  await using scoring = openScoring(model, options);
  const { scores, pValues } = table.rows > 0 ? await scoring.score(table) : { scores: [], pValues: [] };
  const out: Explanation[] = [];
  for (let row = 0; row < table.rows; row++) {
    checkSignal(options.signal, "explain");
    const image = takeTableRows(table, [row]).images!;
    const wiped = await scoring.score(wipedImages(image, cells));
    const parts = cells.map((cell, i): Contribution => {
      const [inside, around] = [meanOf(image, cell), meanOf(image, wider(cell, image.shape), cell)];
      return {
        column: cellName(cell),
        value: short(inside),
        contribution: scores[row] - wiped.scores[i],
        direction: `${inside >= around ? "brighter" : "darker"} than around it (${short(around)})`,
      };
    });
    const map = Array.from({ length: cells.length / across }, (_, y) =>
      parts.slice(y * across, (y + 1) * across).map(({ contribution }) => contribution),
    );
    out.push({
      row: row + 1,
      score: scores[row],
      pValue: pValues[row],
      flagged: pValues[row] <= level,
      method: "wiped cells",
      contributions: [...parts].sort((a, b) => b.contribution - a.contribution),
      nearest: [],
      change: null,
      map,
    });
    options.onProgress?.({ stage: "explain", rows: out.length, of: table.rows });
  }
  return out;
}

/** Cells row by row; those at the right and lower edge may be smaller. */
function cellsOf({ height, width }: ImageShape): readonly Cell[] {
  const side = Math.max(1, Math.ceil(Math.max(height, width) / CELLS));
  const cells: Cell[] = [];
  for (let top = 0; top < height; top += side)
    for (let left = 0; left < width; left += side)
      cells.push({ top, left, height: Math.min(side, height - top), width: Math.min(side, width - left) });
  return cells;
}

/** The cell and what lies around it, as far as it is wide. */
function wider({ top, left, height, width }: Cell, shape: ImageShape): Cell {
  const [from, start] = [Math.max(0, top - height), Math.max(0, left - width)];
  const [to, end] = [Math.min(shape.height, top + 2 * height), Math.min(shape.width, left + 2 * width)];
  return { top: from, left: start, height: to - from, width: end - start };
}

/** The image once for each cell, that cell wiped. */
function wipedImages(image: Images, cells: readonly Cell[]): Table {
  const size = entriesOf(image.shape);
  const { width, channels } = image.shape;
  const values = new Float32Array(cells.length * size);
  cells.forEach((cell, i) => {
    const own = values.subarray(i * size, (i + 1) * size);
    own.set(image.values);
    const around = wider(cell, image.shape);
    for (let c = 0; c < channels; c++) {
      const color = meanOf(image, around, cell, c);
      eachPixel(cell, (y, x) => {
        own[(y * width + x) * channels + c] = color;
      });
    }
  });
  return { rows: cells.length, columns: [], images: { ...image, values } };
}

/** The mean of the pixels of a cell, without those of another one, in one channel or all. */
function meanOf({ shape, values }: Images, cell: Cell, without?: Cell, channel?: number): number {
  let [total, count] = [0, 0];
  eachPixel(cell, (y, x) => {
    if (without && isInside(without, y, x)) return;
    for (let c = channel ?? 0; c < (channel === undefined ? shape.channels : channel + 1); c++) {
      total += values[(y * shape.width + x) * shape.channels + c];
      count++;
    }
  });
  return count === 0 ? 0 : total / count;
}

function eachPixel({ top, left, height, width }: Cell, visit: (y: number, x: number) => void): void {
  for (let y = top; y < top + height; y++) for (let x = left; x < left + width; x++) visit(y, x);
}

function isInside({ top, left, height, width }: Cell, y: number, x: number): boolean {
  return y >= top && y < top + height && x >= left && x < left + width;
}

function cellName({ top, left, height, width }: Cell): string {
  const range = (from: number, size: number) => (size === 1 ? `${from + 1}` : `${from + 1}–${from + size}`);
  return `y ${range(top, height)}, x ${range(left, width)}`;
}
