import { ndArray } from "../../graph/index.ts";
import { shuffled, withReplacement } from "../../nn/index.ts";
import { entriesOf, type ImageShape, type Key, type Matrix, matrix, uniform } from "../../numeric/index.ts";
import { type ImageFamily, imageOutlier } from "./image-outliers.ts";
import type { SeenImages } from "./seen-images.ts";
import type { Batches } from "./train-encoder.ts";
import { viewRaster } from "./view-raster.ts";

/** Steps whose views are made at once. */
const BLOCK = 10;

/** Of what batches of images are made. */
export interface ImageMix {
  /** Normal images that are trained on, n × (H W C) in [0, 1]. */
  readonly normal: Matrix;
  readonly shape: ImageShape;
  readonly seen: SeenImages;
  /** Generators, in equal parts. */
  readonly families: readonly ImageFamily[];
  /** Samples in a batch that are normal, and outliers. */
  readonly normals: number;
  readonly outliers: number;
  /** The share of the area that a crop takes at least. */
  readonly leastCrop: number;
}

/**
 * Batches of images. An outlier is made once, then viewed twice. `distinct`: normal samples of a batch differ, where there
 * are enough. Each step is a function of key and step alone.
 */
export function imageBatches(mix: ImageMix, distinct: boolean, steps: number, key: Key): Batches {
  const { normal, shape, seen, families, normals, outliers, leastCrop } = mix;
  const size = entriesOf(shape);
  const samples = normals + outliers;
  const together = Math.min(BLOCK, Math.max(1, steps));
  const rows = together * 2 * samples;
  const x = new Float32Array(rows * size);
  const family = new Float32Array(rows);
  const raster = viewRaster(shape, { leastArea: leastCrop });
  const drawn = key.for("normal");
  // The mean image, which the first step overwrites: by it a checkpoint knows the images that it was trained on.
  for (let i = 0; i < normal.values.length; i++) x[i % size] += normal.values[i] / normal.rows;
  const ofNormal =
    distinct && normal.rows >= normals
      ? shuffled(normal.rows, normals, drawn)
      : withReplacement(normal.rows, normals, drawn);
  const makeStep = (step: number, first: number) => {
    const own = key.for("step").for(step);
    const places = ofNormal(step);
    for (let i = 0; i < samples; i++) {
      const which = (i - normals) % families.length;
      const sample =
        i < normals
          ? pixelsOf(normal, Number(places[i]))
          : anyOutlier(mix, families[which], own.for("outliers").for(i)).subarray(0, size);
      for (const view of [0, 1]) {
        const row = first + view * samples + i;
        const out = x.subarray(row * size, (row + 1) * size);
        raster.draw(sample, own.for(view).for(i), out);
        family[row] = i < normals ? 0 : 1 + which;
      }
    }
  };
  return {
    data: {
      x: ndArray("float32", [rows, shape.height, shape.width, shape.channels], x),
      family: ndArray("float32", [rows], family),
    },
    batches: () => (step) => {
      const from = ((step - 1) % BLOCK) * 2 * samples;
      return BigInt64Array.from({ length: 2 * samples }, (_, i) => BigInt(from + i));
    },
    renew: {
      every: BLOCK,
      async fill(block) {
        const count = Math.min(BLOCK, steps - block * BLOCK);
        for (let i = 0; i < count; i++) makeStep(1 + block * BLOCK + i, i * 2 * samples);
        seen.standardize(x.subarray(0, count * 2 * samples * size));
      },
    },
  };
}

/** So many outliers, the generators in turn: n × (H W C) in [0, 1]. */
export function madeImages(mix: ImageMix, count: number, key: Key): Matrix {
  const out = matrix(count, mix.normal.columns);
  for (let i = 0; i < count; i++)
    out.values.set(anyOutlier(mix, mix.families[i % mix.families.length], key.for(i)), i * out.columns);
  return out;
}

/** An outlier of a family, of any normal image. */
function anyOutlier({ normal, shape }: ImageMix, family: ImageFamily, key: Key): Float32Array {
  const u = uniform(key);
  const any = () => ({ ...shape, pixels: pixelsOf(normal, Math.floor(u() * normal.rows)) });
  return imageOutlier(family, any(), any(), key.for(family)).pixels;
}

function pixelsOf({ columns, values }: Matrix, row: number): Float32Array {
  return Float32Array.from(values.subarray(row * columns, (row + 1) * columns));
}
