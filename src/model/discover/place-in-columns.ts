import {
  type KernelPlace,
  type PlacedRow,
  type Preparation,
  restoreRows,
  type SparkerResult,
} from "../../discover/index.ts";
import { columnMeans, type Matrix, matrix } from "../../numeric/index.ts";
import type { InputColumn } from "../../prepare/index.ts";
import type { DiscoveredColumn, DiscoveredKernel, DiscoveredRow } from "./discovered.ts";

/** So many columns of a kernel are named. */
const COLUMNS = 5;

/**
 * The kernels of a fit in the columns as people have them: centers through the inverse of the scaling, a category by its
 * largest entry. `names` are those of the encoded columns, which `columns` became; `rows` numbers the reference's rows.
 */
export async function placeInColumns(
  { place, preparation, windowFit, level, referencePlaces }: SparkerResult,
  names: readonly string[],
  columns: readonly InputColumn[],
): Promise<readonly DiscoveredKernel[]> {
  const { width } = windowFit.levels[level].kernels;
  const kept = preparation.kept.map((j) => names[j]);
  const sources = kept.map((name) => sourceOf(name, columns));
  const centers = stackedCenters(place.kernels);
  const restored = await atWidths(preparation, centers, width);
  const means = columnMeans(windowFit.reference);
  const usual = (await restoreRows(preparation, matrix(1, kept.length, Float64Array.from(means)))).values;
  return place.kernels.map((kernel, i): DiscoveredKernel => {
    const of = (m: Matrix, j: number) => m.values[i * kept.length + j];
    const strongest = (raw: number, value: (j: number) => number) =>
      sources.reduce(
        (best, from, j) =>
          from.raw === raw && from.category !== null && (best < 0 || value(j) > value(best)) ? j : best,
        -1,
      );
    const described = [...new Set(sources.map(({ raw }) => raw))].flatMap((raw): DiscoveredColumn[] => {
      const own = sources.flatMap((from, j) => (from.raw === raw ? [j] : []));
      const shift = own.map((j) => kernel.shifts[j]).reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a), 0);
      const { name, kind } = columns[raw];
      if (kind === "category") {
        const nearest = strongest(raw, (j) => of(restored.center, j));
        const common = strongest(raw, (j) => usual[j]);
        return [
          { name, center: sources[nearest].category!, from: null, to: null, usual: sources[common].category!, shift },
        ];
      }
      return own.map((j) => ({
        name: kept[j],
        center: of(restored.center, j),
        from: of(restored.below, j),
        to: of(restored.above, j),
        usual: usual[j],
        shift: kernel.shifts[j],
      }));
    });
    const { amplitude, observed, expected, z, explained, modeled, active, within } = kernel;
    return {
      sign: amplitude >= 0 ? "excess" : "deficit",
      amplitude,
      observed,
      expected,
      z,
      explained,
      modeled,
      active,
      within,
      nearest: { row: kernel.nearest.row + 1, widths: kernel.nearest.widths },
      columns: described.sort((a, b) => Math.abs(b.shift) - Math.abs(a.shift)).slice(0, COLUMNS),
      rows: kernel.rows.map((row) => numbered(row, amplitude >= 0 ? null : referencePlaces)),
    };
  });
}

/** A row by its number from 1; of a reference of which a part was used, by its number there. */
export function numbered({ row, value, surplus }: PlacedRow, places: Uint32Array | null): DiscoveredRow {
  return { row: (places === null ? row : places[row]) + 1, value, surplus };
}

/** The raw column that an encoded one is of, and which category of it. */
function sourceOf(
  name: string,
  columns: readonly InputColumn[],
): { readonly raw: number; readonly category: string | null } {
  const raw = columns.findIndex(
    (column) =>
      (column.kind === "category" && name.startsWith(`${column.name} = `)) ||
      name === column.name ||
      name === `${column.name} is missing` ||
      (column.kind === "timestamp" && name.startsWith(`${column.name} (`)),
  );
  const { name: own, kind } = columns[raw];
  return { raw, category: kind === "category" ? name.slice(own.length + 3) : null };
}

function stackedCenters(kernels: readonly KernelPlace[]): Matrix {
  const d = kernels[0].center.length;
  const out = matrix(kernels.length, d);
  kernels.forEach(({ center }, i) => {
    out.values.set(center, i * d);
  });
  return out;
}

async function atWidths(preparation: Preparation, centers: Matrix, width: number) {
  const moved = (by: number) => restoreRows(preparation, { ...centers, values: centers.values.map((x) => x + by) });
  return { center: await moved(0), below: await moved(-width), above: await moved(width) };
}
