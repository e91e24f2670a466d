import { expect, test } from "vitest";
import { key, normal, sample } from "../numeric/index.ts";
import { calibrationOf } from "./calibration.ts";
import { describeGuarantee } from "./guarantee.ts";
import type { GuaranteeFacts } from "./guarantee-facts.ts";
import { trimmedFalseAlarmRate } from "./guarantee-trimmed.ts";
import { conformalPValues } from "./p-values.ts";

/**
 * The share of new normal rows flagged at level α, over fixed keys: n rows of which some are anomalous (5 higher), the
 * `dropped` highest by a score that goes with the detector's (correlation ρ) left out, half of the rest calibrating.
 */
function flaggedShare(
  n: number,
  anomalous: number,
  dropped: number,
  alpha: number,
  rho: number,
  draws: number,
): number {
  let flagged = 0;
  for (let draw = 0; draw < draws; draw++) {
    const z = normal(key("trimmed").for(draw));
    const row = (shift: number) => {
      const score = z() + shift;
      return { score, suspicion: rho * score + Math.sqrt(1 - rho * rho) * z() };
    };
    const given = Array.from({ length: n }, (_, i) => row(i < anomalous ? 5 : 0));
    const kept = given.sort((a, b) => b.suspicion - a.suspicion).slice(dropped);
    const half = sample(key("split").for(draw), kept.length, Math.floor(kept.length / 2));
    const calibration = calibrationOf(Array.from(half, (i) => kept[i].score));
    const fresh = Float64Array.from({ length: 20 }, () => row(0).score);
    flagged += conformalPValues(calibration, fresh).filter((p) => p <= alpha).length / 20;
  }
  return flagged / draws;
}

/** Three standard errors of such a share. */
const slack = (share: number, draws: number) => 3 * Math.sqrt((share * (1 - share)) / (20 * draws)) + 0.004;

test.each([
  [200, 10, 0.05, 1],
  [200, 20, 0.1, 1],
  [400, 20, 0.02, 0.7],
  [100, 30, 0.1, 0.9],
])(
  "all %i rows normal, %i dropped: P(flag) ≤ α + (1 − α) c at α = %f, nearly attained where the score itself drops",
  (n, dropped, alpha, rho) => {
    const draws = 1500;
    const bound = trimmedFalseAlarmRate(alpha, { rows: dropped, of: n });
    const share = flaggedShare(n, 0, dropped, alpha, rho, draws);
    expect(share).toBeLessThanOrEqual(bound + slack(bound, draws));
    expect(share).toBeGreaterThan(alpha + slack(alpha, draws)); // dropping normal rows does raise false alarms
    if (rho === 1) expect(share).toBeGreaterThan(bound - 0.02);
  },
);

test("all dropped rows anomalous: P(flag) ≤ α", () => {
  const share = flaggedShare(210, 10, 10, 0.05, 0.999, 1500);
  expect(share).toBeLessThanOrEqual(0.05 + slack(0.05, 1500));
});

test("a naive count: of n + 1 exchangeable rows the new one is among the D highest in D of n + 1 orders", () => {
  for (const [n, dropped] of [
    [4, 1],
    [9, 3],
    [19, 5],
  ]) {
    // Rank r of the new row, from the highest; beyond the dropped ones it is flagged with at most α of the orders.
    const alpha = 0.2;
    const kept = n - dropped;
    let flagged = 0;
    for (let rank = 1; rank <= n + 1; rank++) {
      if (rank <= dropped) flagged++;
      else if ((rank - dropped) / (kept + 1) <= alpha) flagged++;
    }
    expect(flagged / (n + 1)).toBeLessThanOrEqual(trimmedFalseAlarmRate(alpha, { rows: dropped, of: n }) + 1e-12);
  }
});

const facts: GuaranteeFacts = {
  method: "split",
  calibrationRows: 400,
  rule: { kind: "false-alarm-rate", level: 0.01 },
  ties: "conservative",
};

test("the guarantee says how many rows were dropped and what that may cost, and nothing where none was", () => {
  const said = describeGuarantee({ ...facts, trimmed: { rows: 100, of: 1999 } }).join(" ");
  expect(said).toContain("100 of 1,999 rows given as normal were dropped");
  expect(said).toContain("If all of them were anomalous, the claim stands.");
  expect(said).toContain("flagged with probability at most 5.95 %"); // 0.01 + 0.99 · 100 / 2000
  for (const trimmed of [undefined, { rows: 0, of: 2000 }])
    expect(describeGuarantee({ ...facts, trimmed })).toEqual(describeGuarantee(facts));
});

test("a false discovery rate is said to be at risk, and groups and time to have no bound", () => {
  const trimmed = { rows: 100, of: 1999 };
  const rule = { kind: "false-discovery-rate", level: 0.1, procedure: "benjamini-hochberg" } as const;
  expect(describeGuarantee({ ...facts, rule, trimmed }).join(" ")).toContain(
    "(p ≤ 10 % with probability up to 14.5 %), and the false discovery rate can exceed its level",
  );
  expect(describeGuarantee({ ...facts, unit: "groups", trimmed }).join(" ")).toContain("no bound is known for groups");
  expect(describeGuarantee({ ...facts, unit: "time", trimmed }).join(" ")).toContain(
    "no bound is known for rows in time",
  );
});
