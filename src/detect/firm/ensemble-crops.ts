import { type ImageShape, type Key, uniform } from "../../numeric/index.ts";
import type { Square } from "./image.ts";

/** Crops of each turn, and the share of the area that they take at least. */
const [CROPS, LEAST_AREA] = [10, 0.55];

/**
 * The squares that `score: "view-ensemble"` looks at, of .55 to 1 of the area (never wider than the image): drawn once, not for each image anew as
 * in the authors' code, so that a score is a function of the image.
 */
export function ensembleCrops({ height, width }: ImageShape, key: Key): readonly Square[] {
  const u = uniform(key);
  return Array.from({ length: CROPS }, () => {
    const wanted = Math.round(Math.sqrt((LEAST_AREA + (1 - LEAST_AREA) * u()) * height * width));
    const side = Math.max(1, Math.min(wanted, height, width));
    return { top: Math.floor(u() * (height - side + 1)), left: Math.floor(u() * (width - side + 1)), side };
  });
}
