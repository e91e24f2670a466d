/** How the lines of a figure are told apart: by color and by dashes, so that neither is needed alone. */
export interface SeriesStyle {
  readonly color: string;
  readonly dashes?: string;
}

const styles: readonly SeriesStyle[] = [
  { color: "var(--accent)" },
  { color: "var(--warning)", dashes: "8 3" },
  { color: "var(--third)", dashes: "3 3" },
  { color: "var(--fourth)", dashes: "10 3 2 3" },
  { color: "var(--fifth)", dashes: "1 3" },
  { color: "currentColor", dashes: "14 4" },
];

/** The style of the i-th line, from 0; after six they begin again with finer dashes. */
export function seriesStyle(i: number): SeriesStyle {
  const style = styles[i % styles.length];
  return i < styles.length ? style : { ...style, dashes: `${1 + Math.floor(i / styles.length)} 6` };
}
