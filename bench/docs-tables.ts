import { adgymTable } from "./adgym-table.ts";
import { boostedTable } from "./boosted-table.ts";
import {
  exponentialTable,
  higgsSpecifiedTable,
  higgsTable,
  intrusionSpecifiedTable,
  intrusionTable,
  lawTable,
  mixtureTable,
  nullTable,
  plantedRemediesTable,
  remediesTable,
} from "./discover-table.ts";
import { membersTable } from "./members-table.ts";
import { familyTable, headlineTable } from "./meta-learning-table.ts";
import { classTable, oneClassTable } from "./one-class-table.ts";
import type { Measurement } from "./results.ts";
import { sculptingClassTable, sculptingTable } from "./sculpting-table.ts";
import { tuneTable } from "./tune-table.ts";

/** A table of the documentation: from which file of measurements in bench/published/, and how it is written. */
export interface PublishedTable {
  readonly file: string;
  /** Markdown without an end of line; equal rows, equal text. */
  render(rows: readonly Measurement[]): string;
}

const FIRM = "firm, cos-5";
const SYNTHESIS = "outlier-synthesis, classifier";
const OF_CLASSES = ["1-NN pixels", "1-NN pixels, cosine", "PCA residual", FIRM, "firm, mahalanobis", "firm, fused"];

/** The tables that `{{table NAME}}` in bench/benchmarks.template.md stands for, by NAME; each from a file bench/NAME-table.ts. */
export const publishedTables: Readonly<Record<string, PublishedTable>> = {
  adgym: adgymTable,
  boosted: boostedTable,
  "discover-exponential": exponentialTable,
  "discover-remedies": remediesTable,
  "discover-law": lawTable,
  "discover-mixture": mixtureTable,
  "discover-higgs": higgsTable,
  "discover-intrusion": intrusionTable,
  "discover-higgs-specified": higgsSpecifiedTable,
  "discover-intrusion-specified": intrusionSpecifiedTable,
  "discover-null": nullTable("discover-E.parquet"),
  "discover-null-brief": nullTable("discover-E-brief.parquet"),
  "discover-planted-remedies": plantedRemediesTable,
  "firm-tables": oneClassTable("firm-adbench.parquet", "tables", FIRM),
  "firm-first": oneClassTable("firm-first.parquet", "tables", FIRM),
  "firm-oddbench": oneClassTable("firm-oddbench.parquet", "sets", FIRM),
  "firm-embeddings": oneClassTable("firm-embeddings.parquet", "tables", FIRM),
  "firm-ablations": oneClassTable("firm-ablations-variants.parquet", "tables", FIRM),
  "firm-mnist": oneClassTable("firm-mnist.parquet", "classes", FIRM),
  "firm-mnist-classes": classTable("firm-mnist.parquet", OF_CLASSES),
  "firm-fashion-mnist": oneClassTable("firm-fashion-mnist.parquet", "classes", FIRM),
  "firm-fashion-mnist-classes": classTable("firm-fashion-mnist.parquet", OF_CLASSES),
  "firm-cifar-10": oneClassTable("firm-cifar-10.parquet", "classes", FIRM),
  members: membersTable,
  "meta-learning-flows": headlineTable("A"),
  "meta-learning-families": familyTable,
  "meta-learning-connections": headlineTable("B"),
  "sculpting-flows": sculptingTable("A"),
  "sculpting-flows-classes": sculptingClassTable("A", "recall95"),
  "sculpting-flows-classes-85": sculptingClassTable("A", "recall85"),
  "sculpting-connections": sculptingTable("B"),
  "sculpting-connections-classes": sculptingClassTable("B", "recall95"),
  "synthesis-tables": oneClassTable("outlier-synthesis-adbench.parquet", "tables", SYNTHESIS),
  "synthesis-first": oneClassTable("outlier-synthesis-first.parquet", "tables", SYNTHESIS),
  "synthesis-oddbench": oneClassTable("outlier-synthesis-oddbench.parquet", "sets", SYNTHESIS),
  "synthesis-embeddings": oneClassTable("outlier-synthesis-embeddings.parquet", "tables", SYNTHESIS),
  "synthesis-ablations": oneClassTable("outlier-synthesis-ablations-variants.parquet", "tables", SYNTHESIS),
  tune: tuneTable,
};
