export { bytes, count, counted, duration, percent, short, upToOne } from "../numeric/index.ts";
