import type { Evaluated } from "../../evaluate/index.ts";
import { count } from "../../numeric/index.ts";
import { html } from "../html.ts";
import type { Section } from "../page.ts";
import { clipped, details, facts, table } from "../parts.ts";

/** The rows and columns evaluated on. */
export function dataSection({ data }: Evaluated): Section {
  return {
    id: "data",
    short: "Data",
    title: "The data",
    body: html`${facts([
      ["Source", data.description],
      ["Columns", `${count(data.columns.length)} used, ${count(data.ignored.length)} left aside`],
      ["Fingerprint", `${data.fingerprint.slice(0, 16)}…`],
    ])}
${details(
  html`Classes <span>${count(data.classes.length)}</span>`,
  table(
    "Classes of anomalies",
    [{ title: "Class" }, { title: "Rows", align: "right" }],
    data.classes.map(({ name, rows }) => [clipped(name), count(rows)]),
  ),
)}
${details(
  html`Columns <span>${count(data.columns.length)} used, ${count(data.ignored.length)} left aside</span>`,
  html`${table(
    "Columns used",
    [{ title: "Column" }, { title: "Kind" }],
    data.columns.map(({ name, kind }) => [clipped(name), kind]),
  )}${
    data.ignored.length === 0
      ? null
      : table(
          "Columns left aside",
          [{ title: "Column" }, { title: "Kind" }, { title: "Why", sentences: true }],
          data.ignored.map(({ name, kind, reason }) => [clipped(name), kind, reason]),
        )
  }`,
)}`,
  };
}
