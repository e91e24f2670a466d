export { bytes, count, counted, duration, percent, short } from "../numeric/index.ts";
