/** 1234567 → "1,234,567". */
export function count(n: number): string {
  return Math.round(n).toLocaleString("en-US");
}

/** "1 row", "2 rows". */
export function counted(n: number, noun: string, plural = `${noun}s`): string {
  return `${count(n)} ${n === 1 ? noun : plural}`;
}

/** 0.0523 → "5.2 %"; small shares keep two digits, and only all is 100 %. */
export function percent(share: number): string {
  const value = 100 * share;
  if (value < 100 && value >= 99.95) return "more than 99.9 %";
  const text = value !== 0 && Math.abs(value) < 1 ? String(Number(value.toPrecision(2))) : value.toFixed(1);
  return `${text.replace(/\.0$/, "")} %`;
}

/** 0.958 with three digits; what is not 1 does not look like 1: "more than 0.999". */
export function upToOne(value: number): string {
  return value < 1 && value >= 0.9995 ? "more than 0.999" : value.toFixed(3);
}

/** 239190 → "239 kB". */
export function bytes(n: number): string {
  const units = ["bytes", "kB", "MB", "GB"];
  let [value, unit] = [n, 0];
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit > 0 && value < 10 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

/** 0.42 → "0.4 s", 75 → "1 min 15 s", 4000 → "1 h 7 min". */
export function duration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** Three significant digits, as a p-value is read. */
export function short(x: number): string {
  return String(Number(x.toPrecision(3)));
}
