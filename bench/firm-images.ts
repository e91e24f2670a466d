import { learnImages } from "../src/detect/firm/learn-images.ts";
import { options as synthesisOptions } from "../src/detect/outlier-synthesis/options.ts";
import { type ImageShape, type Matrix, matrix } from "../src/numeric/index.ts";
import { type Contender, ofShelf } from "./contender.ts";
import { COSINE, DISTANCE, FUSED, firm, type View } from "./firm-contenders.ts";
import { type ImageSet, type ImageSetName, imageRows } from "./image-sets.ts";
import type { Task } from "./one-class-suites.ts";
import { ALL as ALL_OF_SYNTHESIS, synthesis } from "./synthesis-contenders.ts";

/** Protocol B: the first `most` training images of a class; every `tenth` of the test images (1: all of them). */
export function imageTask({ shape, train, test }: ImageSet, normal: number, most: number, every: number): Task {
  const places = Array.from(train.labels.keys()).filter((i) => train.labels[i] === normal);
  const tested = Array.from(test.labels.keys()).filter((i) => i % every === 0);
  return {
    train: imageRows(train, shape, places.slice(0, most)),
    test: imageRows(test, shape, tested),
    truth: Uint8Array.from(tested, (i) => (test.labels[i] === normal ? 0 : 1)),
  };
}

/** A quarter of a digit is no digit; of clothes and pictures the authors' code shows a quarter. */
const LEAST_CROP: Readonly<Record<ImageSetName, number>> = { mnist: 0.7, "fashion-mnist": 0.25, "cifar-10": 0.25 };

const ALL: readonly View[] = [
  COSINE,
  DISTANCE,
  FUSED,
  ["mahalanobis", "mahalanobis", 5],
  ["view-averaged", "view-averaged", 5],
];

/** FIRM on images of one shape. */
const ofImages = (shape: ImageShape, ...[name, given, views]: Parameters<typeof firm>) =>
  firm(name, given, views, (train, options, context) => learnImages(train, shape, options, context));

/** A detector of the shelf on pixels as they are, or at unit length. */
const onPixels = (name: string, detector: string, given: Readonly<Record<string, unknown>>, unit = false) =>
  ofShelf(name, detector, { scaling: "none", ...given }, unit ? atUnitLength : undefined);

/** Euclidean distances at unit length order rows as cosines do. */
function atUnitLength({ rows, columns, values }: Matrix): Matrix {
  const out = matrix(rows, columns, values.slice());
  for (let i = 0; i < rows; i++) {
    const row = out.values.subarray(i * columns, (i + 1) * columns);
    const length = Math.sqrt(row.reduce((total, x) => total + x * x, 0)) || 1;
    row.set(row.map((x) => x / length));
  }
  return out;
}

/** Zero-shot synthesis on images of one shape, by those of the options given that it has. */
function synthesisOfImages(shape: ImageShape, name: string, given: Readonly<Record<string, unknown>>): Contender {
  const known = Object.entries(given).filter(([option]) => option in synthesisOptions.shape);
  return synthesis(name, Object.fromEntries(known), ALL_OF_SYNTHESIS, shape);
}

/**
 * FIRM beside its controls on images: pixels alone, the same network and outliers with other losses, and none; and zero-shot
 * synthesis with its own.
 */
export function imageControls(
  set: ImageSetName,
  shape: ImageShape,
  given: Readonly<Record<string, unknown>>,
): readonly Contender[] {
  const base = { leastCrop: LEAST_CROP[set], ...given };
  const own = (name: string, more: Readonly<Record<string, unknown>>, views: readonly View[] = [COSINE, DISTANCE]) =>
    ofImages(shape, name, { ...base, ...more }, views);
  return [
    onPixels("1-NN pixels", "knn", {}),
    onPixels("1-NN pixels, cosine", "knn", {}, true),
    // 3,072 pixels would take minutes, and nothing else of the set does.
    ...(set === "cifar-10" ? [] : [onPixels("PCA residual", "pca", { score: "residual" })]),
    own("firm", {}, ALL),
    own("firm, untrained", { imageSteps: 0 }, [COSINE, DISTANCE, FUSED]),
    own("bce", { loss: "bce" }, [["logit", "logit", 1], COSINE]),
    own("nt-xent", { loss: "nt-xent" }),
    own("supcon-binary", { loss: "supcon-binary" }),
    own("supcon-multi", { loss: "supcon-multi" }),
    synthesisOfImages(shape, "outlier-synthesis", given),
    synthesisOfImages(shape, "outlier-synthesis, untrained", { ...given, imageSteps: 0 }),
  ];
}

/** What of the method earns its keep on images. */
export function imageAblations(
  set: ImageSetName,
  shape: ImageShape,
  given: Readonly<Record<string, unknown>>,
): readonly Contender[] {
  const base = { leastCrop: LEAST_CROP[set], ...given };
  const own = (name: string, more: Readonly<Record<string, unknown>>) =>
    ofImages(shape, name, { ...base, ...more }, [COSINE, FUSED]);
  return [
    own("concat", { loss: "concat" }),
    own("nt-xent-2n", { loss: "nt-xent-2n" }),
    own("1 outlier a normal image", { outliersPerNormal: 1 }),
    own(`crops of ${LEAST_CROP[set] === 0.7 ? 0.25 : 0.7}`, { leastCrop: LEAST_CROP[set] === 0.7 ? 0.25 : 0.7 }),
    own("τ .1", { temperature: 0.1 }),
    own("head bn-last", { head: "bn-last" }),
    own("layer normalization", { normalization: "layer" }),
  ];
}
