// The door to pool-worker.ts when the library runs from its sources (tests, demo): not part of the built package.
import { register } from "tsx/esm/api";

register();
export default (await import("./pool-worker.ts")).default;
