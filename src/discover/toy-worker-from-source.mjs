// The door to toy-worker.ts when the library runs from its sources (tests, demo): not part of the built package.
import { register } from "tsx/esm/api";

register();
export default (await import("./toy-worker.ts")).default;
