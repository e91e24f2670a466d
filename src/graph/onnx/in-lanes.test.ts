import { expect, it } from "vitest";
import { inLanes } from "./in-lanes.ts";

const wait = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

it("every call is made once, at most `width` at a time", async () => {
  let [started, running, most] = [0, 0, 0];
  await inLanes(3, () => {
    if (started === 10) return null;
    started++;
    most = Math.max(most, ++running);
    return wait(1).then(() => void running--);
  });
  expect([started, running, most]).toEqual([10, 0, 3]);
});

it("after a failure no call is started, and it is thrown once the others have ended", async () => {
  let [started, running] = [0, 0];
  const calls = inLanes(2, () => {
    const fails = started++ === 0;
    running++;
    return wait(fails ? 1 : 20).then(() => {
      running--;
      if (fails) throw new Error("first");
    });
  });
  await expect(calls).rejects.toThrow("first");
  expect([started, running]).toEqual([2, 0]);
});
