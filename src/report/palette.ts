/** The colors of a report by name, in one theme. Texts and lines of figures are held to a contrast of 4.5 on the paper. */
export interface Palette {
  /** Behind everything, and behind tables and tiles. */
  readonly paper: string;
  readonly panel: string;
  readonly text: string;
  /** Texts of less weight. */
  readonly quiet: string;
  /** Hairlines: never the only sign of anything. */
  readonly line: string;
  /** What is normal, and links. */
  readonly accent: string;
  /** What is flagged or wrong. */
  readonly warning: string;
  /** More lines of one figure, after accent and warning; each also has dashes of its own. */
  readonly third: string;
  readonly fourth: string;
  readonly fifth: string;
}

export const light: Palette = {
  paper: "#ffffff",
  panel: "#f5f7f9",
  text: "#1b2026",
  quiet: "#56606b",
  line: "#d5dae0",
  accent: "#1259a8",
  warning: "#b3380c",
  third: "#0b6e57",
  fourth: "#7b3fa0",
  fifth: "#6f6206",
};

export const dark: Palette = {
  paper: "#14181c",
  panel: "#1c2227",
  text: "#e7eaee",
  quiet: "#a4aeb9",
  line: "#39424b",
  accent: "#74b3f5",
  warning: "#ff9469",
  third: "#5fcdab",
  fourth: "#cf9df0",
  fifth: "#d9c75a",
};

/** The colors as CSS declarations. */
export function declarations(palette: Palette): string {
  return Object.entries(palette)
    .map(([name, color]) => `--${name}:${color};`)
    .join("");
}
