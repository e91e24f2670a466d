import { type NdArray, ndArray } from "../../graph/index.ts";
import { shuffled, withReplacement } from "../../nn/index.ts";
import { type Key, type Matrix, matrix, takeRows, uniform } from "../../numeric/index.ts";
import type { Known } from "../detector.ts";
import type { OutlierSource } from "../outliers/index.ts";
import type { Batches } from "./train-encoder.ts";

/** Steps whose outliers are made at once. */
const BLOCK = 100;

/** Rows that fix the statistics of batch normalization. */
const FIXING = 4096;

/** Of what batches are made. */
export interface Mix {
  /** Scaled normal rows that are trained on, n × d. */
  readonly normal: Matrix;
  readonly source: OutlierSource;
  /** Known anomalous rows, scaled, and how often one stands in an outlier's place; null for none. */
  readonly known: (Known & { readonly share: number }) | null;
  /** Samples in a batch that are normal, and outliers. */
  readonly normals: number;
  readonly outliers: number;
}

export interface BatchOptions {
  /** Names of families, which are numbered from 1 on. */
  readonly families: readonly string[];
  /** Whether normal samples of a batch differ, where there are enough. */
  readonly distinct: boolean;
  readonly steps: number;
  /** Further normal rows at the end of each batch. */
  readonly donors: number;
}

/**
 * Batches of `normals` normal samples, drawn with replacement (`distinct`: in rounds), and `outliers`
 * outliers, each drawn once. The array holds normal rows, a block of outliers, known rows.
 */
export function mixedBatches(mix: Mix, { families, distinct, steps, donors }: BatchOptions, key: Key): Batches {
  const { normal, source, known, normals, outliers } = mix;
  const { rows: n, columns: d } = normal;
  const size = Math.min(BLOCK, steps) * outliers;
  const rows = Math.max(n + size + (known?.rows.rows ?? 0), normals + outliers + donors);
  const x = new Float32Array(rows * d);
  const family = new Float32Array(rows);
  x.set(normal.values);
  if (known) {
    x.set(known.rows.values, (n + size) * d);
    family.fill(families.length + 1, n + size);
  }
  const classes = known && classPlaces(known.classes);
  return {
    data: { x: ndArray("float32", [rows, d], x), family: ndArray("float32", [rows], family) },
    batches: (_rows, _batch, drawing) => {
      const ofNormal =
        distinct && n >= normals
          ? shuffled(n, normals, drawing.for("normal"))
          : withReplacement(n, normals, drawing.for("normal"));
      return (step) => {
        const from = n + ((step - 1) % BLOCK) * outliers;
        const places = new BigInt64Array(normals + outliers + donors);
        places.set(ofNormal(step));
        const u = uniform(drawing.for("known").for(step));
        for (let i = 0; i < outliers; i++) {
          const stood = known && classes && u() < known.share ? n + size + anyOf(classes, u) : from + i;
          places[normals + i] = BigInt(stood);
        }
        const v = uniform(drawing.for("donors").for(step));
        for (let i = normals + outliers; i < places.length; i++) places[i] = BigInt(Math.floor(v() * n));
        return places;
      };
    },
    renew: {
      every: BLOCK,
      async fill(block) {
        const left = Math.min(BLOCK, steps - block * BLOCK) * outliers;
        const made = await source.draw(left, key.for("block").for(block));
        x.set(made.rows.values, n * d);
        family.set(
          made.families.map((name) => 1 + families.indexOf(name)),
          n,
        );
      },
    },
  };
}

/** Rows in the proportion of batches, without noise, for the statistics of batch normalization: 4,096 × d. */
export async function fixingRows(mix: Mix, key: Key): Promise<NdArray> {
  const { normal, source, normals, outliers } = mix;
  const odd = Math.round((FIXING * outliers) / (normals + outliers));
  const u = uniform(key.for("normal"));
  const chosen = Uint32Array.from({ length: FIXING - odd }, () => Math.floor(u() * normal.rows));
  const made = odd > 0 ? (await source.draw(odd, key.for("outliers"))).rows : matrix(0, normal.columns);
  const values = [...[takeRows(normal, chosen), made].flatMap(({ values }) => [...values])];
  return ndArray("float32", [FIXING, normal.columns], Float32Array.from(values));
}

/** The rows of each class. */
function classPlaces(classes: readonly string[]): readonly (readonly number[])[] {
  const names = [...new Set(classes)].sort();
  return names.map((name) => classes.flatMap((one, row) => (one === name ? [row] : [])));
}

/** A class at random, then one of its rows. */
function anyOf(classes: readonly (readonly number[])[], u: () => number): number {
  const rows = classes[Math.floor(u() * classes.length)];
  return rows[Math.floor(u() * rows.length)];
}
