export { type Key, key, normal, permutation, sample, uniform } from "./key.ts";
export { columnOf, fromColumns, fromRows, type Matrix, matrix, rowOf, sliceRows, takeRows } from "./matrix.ts";
export { type Column, type NumberColumn, type Table, type TextColumn, takeTableRows } from "./table.ts";
