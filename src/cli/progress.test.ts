import { Writable } from "node:stream";
import { describe, expect, test } from "vitest";
import { openProgress } from "./progress.ts";
import { terminalOf } from "./terminal.ts";

/** A progress line on a stream in memory, with a clock that the test moves. */
function progress({ isTTY = false, json = false } = {}) {
  let text = "";
  const stream = Object.assign(
    new Writable({
      write(chunk, _encoding, done) {
        text += chunk;
        done();
      },
    }),
    { isTTY, columns: 80 },
  );
  const terminal = terminalOf({ stdin: process.stdin, stdout: stream, stderr: stream, env: { NO_COLOR: "1" } });
  const clock = { seconds: 0 };
  const line = openProgress(terminal, { json, now: () => clock.seconds });
  return { line, clock, text: () => text };
}

describe("progress", () => {
  test("says nothing about work of less than 2 seconds where no terminal shows it", () => {
    const { line, clock, text } = progress();
    for (clock.seconds = 0; clock.seconds < 1.9; clock.seconds += 0.1) line.update("score", clock.seconds * 100, 200);
    expect(text()).toBe("");
  });

  test("is a plain line at most every 2 seconds, with rate and time left", () => {
    const { line, clock, text } = progress();
    for (clock.seconds = 0; clock.seconds <= 5; clock.seconds += 0.5) line.update("score", clock.seconds * 100, 1000);
    expect(text()).toBe(
      "score: 20 %  200 of 1,000 rows, 100/s, 8.0 s left\nscore: 40 %  400 of 1,000 rows, 100/s, 6.0 s left\n",
    );
  });

  test("is one live line on a terminal, cleared at the end", () => {
    const { line, clock, text } = progress({ isTTY: true });
    clock.seconds = 1;
    line.update("score", 500, null);
    line.end();
    line.end();
    expect(text()).toBe("\r\x1b[2Kscore: 500 rows, 500/s\r\x1b[2K");
  });

  test("shows the loss while a network trains", () => {
    const { line, clock, text } = progress({ isTTY: true });
    clock.seconds = 2;
    line.update("train", 500, 2000, { unit: "steps", loss: 1.23456 });
    line.end();
    expect(text()).toContain("train: 25 %  500 of 2,000 steps, 250/s, loss 1.235");
  });

  test("is JSON lines with --json, one at the start of each stage", () => {
    const { line, clock, text } = progress({ json: true });
    line.update("read", 0, 100);
    clock.seconds = 0.1;
    line.update("read", 50, 100);
    line.update("calibrate by folds", 1, 10, { unit: "folds" });
    const events = text()
      .trim()
      .split("\n")
      .map((event) => JSON.parse(event).progress);
    expect(events.map(({ stage, done }) => [stage, done])).toEqual([
      ["read", 0],
      ["calibrate by folds", 1],
    ]);
  });
});
