export { growIsolationForest } from "./isolation-forest.ts";
