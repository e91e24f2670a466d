import { smallestPValue } from "../../calibrate/index.ts";
import { counted, short } from "../../numeric/index.ts";
import type { Manifest } from "../manifest.ts";
import type { Estimate } from "./estimate.ts";
import { FEWEST_TO_SHOW, type Gain, type Verdict } from "./gain.ts";

/** What a gain and its verdict mean, for people: the verdict first. */
export function verdictSentences(
  verdict: Verdict,
  { gain, auroc, classes, blend }: Pick<Estimate, "gain" | "auroc" | "classes" | "blend">,
  anomalies: number,
): readonly string[] {
  const labels = counted(anomalies, "labelled anomaly", "labelled anomalies");
  const measured =
    gain === null || auroc === null
      ? []
      : [
          `On labelled anomalies left out in turn, AUROC ${short(auroc.before)} before, ${short(auroc.after)} after: a change of ${intervalText(gain)}.`,
        ];
  const said: Readonly<Record<Verdict, readonly string[]>> = {
    better: [`Better on labels that it did not see (${labels}).`, ...measured],
    worse: [
      `Worse on labels that it did not see (${labels}): nothing was made of it, and the model stays as it was.`,
      ...measured,
    ],
    "not shown": [
      `Not shown to be better at ${labels}${anomalies < FEWEST_TO_SHOW ? `: fewer than ${FEWEST_TO_SHOW} show nothing` : ""}. It is made all the same, because such a model is better on average (docs/tune.md).`,
      ...measured,
    ],
    "nothing to estimate": [
      "Nothing to estimate: with normal rows alone the score stays as it was, and so does the order of rows; p-values of rows like them rise.",
    ],
  };
  const known = classes.length === 1 && anomalies > 1;
  return [
    ...said[verdict],
    ...(verdict === "nothing to estimate" || verdict === "worse"
      ? []
      : [
          known || classes.length === 0
            ? "The labels say nothing of other kinds of anomalies: what is gained there is unknown."
            : classSentence(classes),
          ...(blend.heads === "mean"
            ? []
            : [`One head is better than the mean of three beyond doubt: ${blend.heads}.`]),
          ...(blend.fuse === "max"
            ? [
                "Rows keep their old score where the heads say less: kinds that no label names are found as before, and former false alarms stay.",
              ]
            : ["Kinds that no label names may lose their rank; --fuse max keeps it, and former false alarms with it."]),
          ...(blend.fuse === "mean" && blend.floor > 0.25
            ? [
                "A class that was left out as a whole was found less well: the score as it was keeps half of the weight.",
              ]
            : []),
        ]),
  ];
}

function classSentence(classes: Estimate["classes"]): string {
  const shown = classes.filter(({ unseen }) => unseen !== null);
  const each = shown.map(({ name, unseen }) => `${name} ${intervalText(unseen!)}`);
  return `On a class that was left out as a whole: ${each.join("; ")}.`;
}

/** "+0.034 (95 % interval 0.010 to 0.058)". */
export function intervalText({ mean, low, high }: Gain): string {
  const signed = (x: number) => `${x < 0 ? "−" : "+"}${Math.abs(x).toFixed(3)}`;
  return `${signed(mean)} (95 % interval ${signed(low)} to ${signed(high)})`;
}

/** What becomes of p-values, where they get coarser. */
export function resolutionSentences(before: Manifest, after: Manifest): readonly string[] {
  const [old, own] = [before.calibration.units, after.calibration.units];
  const made =
    after.calibration.method === "split"
      ? `p-values are exact for rows like the ${counted(own, "normal row")} kept for them`
      : `p-values are approximate: from ${counted(own, "normal row")}, each scored by heads that had not seen it`;
  const coarser =
    own < old
      ? `, and coarser than before (${short(smallestPValue(own))} at least, ${short(smallestPValue(old))} before); --reference with more normal rows makes them finer, and exact from 2,000 on`
      : "";
  return [`${made[0].toUpperCase()}${made.slice(1)}${coarser}.`];
}
