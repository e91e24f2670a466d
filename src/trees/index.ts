export { type Boosted, type BoostedOptions, growBoosted, type HoldOut } from "./boosted.ts";
export { boostedLogits } from "./boosted-logits.ts";
export { growIsolationForest } from "./isolation-forest.ts";
