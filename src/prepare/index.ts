export {
  type Features,
  feedsOf,
  fitFeatures,
  INPUT_KINDS,
  type InputColumn,
  type InputKind,
  inputColumn,
} from "./features.ts";
export { fitImages, imageInput } from "./image-features.ts";
export { MISSING_TEXT } from "./missing.ts";
export { fitQuantileNormal } from "./quantile-normal.ts";
export { fitScaling, SCALINGS, type Scaling, type ScalingName } from "./scaling.ts";
