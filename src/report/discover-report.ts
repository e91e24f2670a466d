import type { DiscoverReportFacts } from "./discover-page.ts";

export type { DiscoverReportFacts } from "./discover-page.ts";

/**
 * A report on a discovery as one HTML page that needs nothing else: the verdict and what it rests on, the window among its
 * toys, the widths, where kernels stand in the columns, peers, power, controls and papers. It runs no script and loads
 * nothing. The same facts give the same text. Cost: about a second.
 *
 * @example
 * const found = await discover("window.csv", { reference: "normal.parquet", key: 0 });
 * await writeFile("report.html", await discoverReport({ found }));
 */
export async function discoverReport(facts: DiscoverReportFacts): Promise<string> {
  const { discoverPage } = await import("./discover-page.ts"); // figures take half a second to load
  return discoverPage(facts);
}
