import type { SparkerResult, TwoSampleResult } from "../../discover/index.ts";
import { short } from "../../numeric/index.ts";

/** What the answers mean and what they rest on, in sentences. */
export function discoverGuarantee(
  sparker: Pick<SparkerResult, "pValue" | "resolution" | "toyKind"> | null,
  peers: readonly TwoSampleResult[],
  groups: boolean,
): readonly string[] {
  const [one, many] = groups ? ["group", "groups"] : ["row", "rows"];
  const exact = sparker === null || sparker.toyKind.toys === "permute";
  return [
    ...(sparker === null
      ? []
      : [
          `If nothing is new, a p-value of ${short(sparker.pValue)} or less comes up in at most about ${short(100 * sparker.pValue)} of 100 windows. No p-value of so many toys is below ${short(sparker.resolution)}.`,
        ]),
    exact
      ? `This rests on exchangeability: were nothing new, any ${one} could as well have come in the other sample. Then it is exact at any size.`
      : `This rests on ${many} of the window being drawn, one by one, from the law of the reference, were nothing new; toys share the reference, so it is exact only nearly.`,
    `Order in time, bursts of near copies and drift break that; a small p-value then says that the samples differ, not that there was an attack.${groups ? "" : " Rows that hang together are dealt together with --group."}`,
    ...(sparker === null
      ? []
      : [
          "Kernels are placed by looking, so counts and z beside them describe; only the global p-value is a test. f separates this surplus from the reference: it is no general detector.",
        ]),
    ...(sparker !== null && peers.length > 0
      ? [
          "Each method is a test of its own. Taking the smallest of their p-values is none: multiply it by the number of methods.",
        ]
      : []),
  ];
}

const PAPERS = {
  sparker: {
    text: "Grosso, Hindupur, Fel, Bright-Thonney, Harris, Ba (2025). Sparse, self-organizing ensembles of local kernels detect rare statistical anomalies. arXiv 2511.03095.",
    url: "https://arxiv.org/abs/2511.03095",
  },
  "mmd-fuse": {
    text: "Biggs, Schrab, Gretton (2023). MMD-FUSE: learning and combining kernels for two-sample testing without data splitting. NeurIPS.",
    url: "https://arxiv.org/abs/2306.08777",
  },
  c2st: {
    text: "Lopez-Paz, Oquab (2017). Revisiting classifier two-sample tests. ICLR.",
    url: "https://arxiv.org/abs/1610.06545",
  },
} as const;

/** The papers of the methods that answered. */
export function citationsOf(
  methods: readonly (keyof typeof PAPERS)[],
): readonly { readonly text: string; readonly url: string }[] {
  return methods.map((method) => PAPERS[method]);
}
