import { count, duration } from "./number-text.ts";
import type { Terminal } from "./terminal.ts";

/** Shows how far long work is. */
export interface ProgressLine {
  /** `total` is null where it is not known. */
  update(stage: string, done: number, total: number | null, more?: ProgressDetails): void;
  /** Takes the live line away. Call it before anything else is said. */
  end(): void;
}

export interface ProgressDetails {
  /** What is counted; rows when left out. */
  readonly unit?: string;
  /** How many were done before this run. */
  readonly from?: number;
  /** The loss of a network in training. */
  readonly loss?: number;
}

/** Units that are counted by the second. */
const RATED = ["rows", "steps"];

/** Seconds between two reports: a live line is redrawn, a plain line stays. */
const EVERY = { live: 0.1, plain: 2, json: 0.5 } as const;

/**
 * Progress on standard error: one live line with rate and time left on a terminal, a plain line every 2 seconds
 * elsewhere, JSON lines with `json`. `now` is in seconds. `live: false` keeps a terminal's line from being redrawn.
 */
export function openProgress(
  { stderr, width, err }: Terminal,
  { json = false, live = true, now = () => performance.now() / 1000 } = {},
): ProgressLine {
  const mode = json ? "json" : stderr.isTTY && live ? "live" : "plain";
  let stage = "";
  let [since, last, before] = [now(), now(), now()];
  let drawn = false;
  const clear = () => {
    if (drawn) stderr.write("\r\x1b[2K");
    drawn = false;
  };
  return {
    update(next, done, total, { unit = "rows", from = 0, loss } = {}) {
      const time = now();
      if (next !== stage) {
        [stage, since] = [next, before]; // work on a stage starts where the one before it was last heard of
        if (mode === "json") last = Number.NEGATIVE_INFINITY;
      }
      before = time;
      if (time - last < EVERY[mode]) return;
      last = time;
      const seconds = time - since;
      const rate = seconds > 0 && done > from ? (done - from) / seconds : null;
      const left = rate !== null && total !== null ? (total - done) / rate : null;
      if (mode === "json") {
        stderr.write(`${JSON.stringify({ progress: { stage, done, total, seconds, secondsLeft: left, loss } })}\n`);
        return;
      }
      const text = [
        total === null
          ? `${count(done)} ${unit}`
          : `${percentDone(done, total)}  ${count(done)} of ${count(total)} ${unit}`,
        ...(rate !== null && RATED.includes(unit) ? [`${count(rate)}/s`] : []),
        ...(loss === undefined ? [] : [`loss ${loss.toPrecision(4)}`]),
        ...(left !== null && left >= 0.5 ? [`${duration(left)} left`] : []),
      ].join(", ");
      if (mode === "plain") stderr.write(`${stage}: ${text}\n`);
      else {
        stderr.write(`\r\x1b[2K${err.dim(`${stage}: ${text}`.slice(0, width - 1))}`);
        drawn = true;
      }
    },
    end: clear,
  };
}

function percentDone(done: number, total: number): string {
  return `${total > 0 ? Math.floor((100 * done) / total) : 100} %`;
}
