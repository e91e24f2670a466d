import type { Evaluated } from "../../evaluate/index.ts";
import { count, counted } from "../../numeric/index.ts";
import { html } from "../html.ts";
import type { Section } from "../page.ts";
import { facts, note } from "../parts.ts";

/** What was done, on which rows, and what speaks against it. */
export function protocolSection({ protocol, data, warnings, intervals }: Evaluated): Section {
  const options = Object.entries(protocol.options).filter(([, value]) => value !== null);
  const body = html`${warnings.map((text) => note(text))}
<p>${protocol.sentence}</p>
${facts([
  ["Protocol", [protocol.name, ...options.map(([name, value]) => `${name} ${value}`)].join(", ")],
  ["Rule", `p ≤ ${protocol.level}, fixed in advance`],
  ["Keys", protocol.keys.join(", ")],
  ["Rows", `${count(data.rows)}, ${count(data.normals)} of them normal (${data.label} = ${data.normal.join(" or ")})`],
  [
    "Equal rows",
    `${counted(data.duplicates, "row")} ${data.duplicates === 1 ? "equals" : "equal"} an earlier one; they stay on one side of every split`,
  ],
  [
    "Near-equal rows",
    `${counted(data.nearDuplicates, "test row")} nearly ${data.nearDuplicates === 1 ? "equals" : "equal"} a training row`,
  ],
  ["Intervals", intervals.sentence],
])}`;
  return { id: "protocol", short: "Protocol", title: "What was done", body };
}
