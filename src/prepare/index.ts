export { fitQuantileNormal } from "./quantile-normal.ts";
export { fitScaling, SCALINGS, type Scaling, type ScalingName } from "./scaling.ts";
