import { expect, it } from "vitest";
import { evaluate, input, ndArray } from "../graph/index.ts";
import { MISSING_TEXT } from "./missing.ts";
import { fitOneHot } from "./one-hot.ts";

it("a category is a column of 0 and 1, and unseen ones share the last", () => {
  const { names, forward } = fitOneHot("proto", ["tcp", "udp", "tcp", null]);
  expect(names).toEqual(["proto = tcp", `proto = ${MISSING_TEXT}`, "proto = udp", "proto = (another)"]);
  const out = evaluate(
    { x: forward(input("proto", "string", ["rows"])) },
    { proto: ndArray("string", [4], ["udp", "tcp", "icmp", MISSING_TEXT]) },
  ).x;
  expect(out.shape).toEqual([4, 4]);
  expect(Array.from(out.data as Float64Array)).toEqual([0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0]);
});

it("the 20 commonest categories have columns of their own", () => {
  const values = Array.from({ length: 60 }, (_, i) => `c${i < 30 ? i % 3 : i}`);
  const { names } = fitOneHot("c", values);
  expect(names).toHaveLength(21);
  expect(names.slice(0, 3)).toEqual(["c = c0", "c = c1", "c = c2"]);
});
