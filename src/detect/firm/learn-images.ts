import { add, type Tensor } from "../../graph/index.ts";
import { type ImageShape, type Matrix, sample, takeRows } from "../../numeric/index.ts";
import { fitTail } from "../auto/tail.ts";
import type { FitContext } from "../detector.ts";
import { rowsAtOnce } from "../nearest.ts";
import { trainingNote } from "../network-input.ts";
import { alarms, short } from "./alarms.ts";
import { ensembleCrops } from "./ensemble-crops.ts";
import { examine } from "./examine.ts";
import { fitImageEncoder } from "./fit-image-encoder.ts";
import { type ImageMix, madeImages } from "./image-batches.ts";
import { askedFamilies, IMAGE_FAMILIES, imageFamilies, type TriedTurn, TURNS, triedTurns } from "./image-outliers.ts";
import { judgedBy, type Learned, LOOKED_AT, MOST_FEATURES, scoreAmong, TRIED, watchNote } from "./learn.ts";
import type { Options } from "./options.ts";
import { pixelDistance, pixelReference } from "./pixel-distance.ts";
import { mahalanobisLeftOut } from "./scores.ts";
import { seenImages } from "./seen-images.ts";
import { turnedRows } from "./turned-rows.ts";
import { viewAveraged } from "./view-averaged.ts";
import { nearestTo, setApart, valuesOf } from "./watch.ts";

/** Images that the encoder takes in one call. */
const CHUNK = 512;

/** Images that turned ones are compared with. */
const COMPARED = 2000;

/** Steps 8, 9 and 11 on normal images in [0, 1], n × (H W C), n ≥ 2. */
export async function learnImages(
  rows: Matrix,
  shape: ImageShape,
  given: Options,
  context: FitContext,
): Promise<Learned> {
  const { key } = context;
  const asked = askedFamilies(given.imageOutliers, shape);
  // 1. Watch images are set apart.
  const { training, watch } = setApart(rows, key.for("watch"));
  const compared = takeRows(training, sample(key.for("rows"), training.rows, Math.min(COMPARED, given.maxRows)));
  // 2. Outliers: those asked for; else quarter turns that can be told, then others.
  const tried = watch && !asked ? await triedTurns(watch, compared, shape) : [];
  const families = asked ?? imageFamilies(tried);
  const outliers = Math.round((given.imageBatch * given.outliersPerNormal) / (1 + given.outliersPerNormal));
  const odd = Math.min(given.imageBatch - 1, Math.max(1, outliers));
  const mix: ImageMix = {
    normal: training,
    shape,
    seen: seenImages(training, shape),
    families,
    normals: given.imageBatch - odd,
    outliers: odd,
    leastCrop: given.leastCrop,
  };
  // 3. The encoder.
  const some = (of: Matrix, name: string) => takeRows(of, sample(key.for(name), of.rows, LOOKED_AT));
  const looks = given.select === "watch" &&
    watch && {
      reference: some(training, "compared"),
      watching: some(watch, "watched"),
      made: madeImages(mix, LOOKED_AT, key.for("looked at")),
      shape: [shape.height, shape.width, shape.channels],
    };
  const fitted = await fitImageEncoder(mix, { ...given, steps: given.imageSteps }, context, looks || null);
  // 4. Features of normal images, and how far to trust them.
  const featured = takeRows(
    training,
    sample(key.for("features"), training.rows, Math.min(MOST_FEATURES, given.maxRows)),
  );
  const features = await valuesOf(fitted.encode, featured, context, CHUNK);
  const reference = pixelReference(training, given.maxRows, key.for("rows"));
  const nearest = nearestTo(reference, "double");
  const chunk = Math.min(CHUNK, rowsAtOnce(Math.max(reference.rows, features.rows)));
  const made = madeImages(mix, TRIED, key.for("tried"));
  const turns = [0, ...TURNS.filter((quarters) => families.includes(IMAGE_FAMILIES[quarters - 1]))];
  const averaged = async (k: number, ensemble: boolean) =>
    viewAveraged(
      await Promise.all(
        turns.map(async (quarters) => {
          const turned = turnedRows(shape, quarters);
          const encode = (x: Tensor) => fitted.encode(turned(x));
          const cropped = ensembleCrops(shape, key.for("crops").for(quarters)).map(
            (crop) => (x: Tensor) => fitted.encodeSeen(mix.seen.plain(turned(x), crop)),
          );
          const features = await valuesOf(encode, featured, context, CHUNK);
          return { encodes: ensemble ? cropped : [encode], features };
        }),
      ),
      k,
    );
  const own = async (name: Options["score"], k: number) => {
    if (name === "view-averaged" || name === "view-ensemble") return averaged(k, name === "view-ensemble");
    const score = scoreAmong(name, k, given, fitted)(features);
    return (x: Tensor) => score(fitted.encode(x));
  };
  const scoreOf = scoreAmong(judgedBy(given.score, true), given.k, given, fitted);
  const health = await examine({ watching: watch, made, featured, scoreOf, nearest, chunk }, fitted, features, context);
  const alarmed = alarms(health);
  // 5. Scores.
  const among = async (score: (x: Tensor) => Tensor, of: Matrix) => (await valuesOf(score, of, context, chunk)).values;
  const fused = async () => {
    const pixels = await pixelDistance(reference, watch, chunk, context);
    if (alarmed.length > 0) return pixels;
    const unlike = await own("mahalanobis", 1);
    const g1 = fitTail(watch ? await among(unlike, watch) : mahalanobisLeftOut(features));
    return (x: Tensor) => add(g1(unlike(x)), pixels(x));
  };
  return {
    scoreBy: (name, k) => (name === "fused" ? fused() : own(name, k)),
    health,
    alarmed,
    chunk,
    notes: [
      trainingNote(fitted.trained),
      asked ? `outliers made of images, as asked: ${families.join(", ")}` : turnsNote(tried, families),
      watchNote(health, watch?.rows ?? 0),
      ...(reference.rows < training.rows
        ? [`distances are taken to ${reference.rows} of ${training.rows} images, drawn by key`]
        : []),
    ],
  };
}

/** Which quarter turns made outliers, which did not and why, and what stood in for them. */
function turnsNote(tried: readonly TriedTurn[], families: readonly string[]): string {
  const dropped = tried.filter(({ accepted }) => !accepted);
  const why = dropped.map(({ family, auroc }) =>
    Number.isNaN(auroc) ? `${family} (images are not square)` : `${family} (AUROC ${short(auroc)} by nearest pixels)`,
  );
  const left = tried.length === 0 ? "; too few images to try turns" : "";
  return `outliers made of images: ${families.join(", ")}${left}${why.length > 0 ? `; not told from plain images: ${why.join(", ")}` : ""}`;
}
