/** 0.958 in a table: three digits, and what is not 0 or 1 does not look like it. */
export function unitText(value: number): string {
  if (value < 1 && value >= 0.9995) return ">0.999";
  return value > 0 && value < 0.0005 ? "<0.001" : value.toFixed(3);
}
