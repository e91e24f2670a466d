/** A way to fit `outlier-synthesis`, or what it is compared with. */
export interface Contender {
  readonly name: string;
  readonly detector: string;
  readonly options: Readonly<Record<string, unknown>>;
}

const own = (name: string, options: Readonly<Record<string, unknown>> = {}): Contender => ({
  name,
  detector: "outlier-synthesis",
  options: { scaling: "standard", ...options },
});

/** The method and its controls, 1-NN on prepared rows first: all others are compared with it. */
export const CONTROLS: readonly Contender[] = [
  { name: "1-NN", detector: "knn", options: { scaling: "standard", maxRows: 20_000 } },
  own("outlier-synthesis"),
  own("fused with 1-NN", { score: "fused" }),
  own("untrained level 1", { steps: 0 }),
  own("1-NN on h", { score: "nearest" }),
  own("six families, scaled columns, no levels", { levels: "variational", negatives: "six" }),
  own("mean r", { score: "residual" }),
  own("ρ(μ)", { score: "radius" }),
  own("−ELBO", { score: "elbo" }),
];

/** The ablations, on the ten tables named for them. */
export const ABLATIONS: readonly Contender[] = [
  CONTROLS[0],
  own("outlier-synthesis"),
  own("level 1 alone", { levels: "autoencoders" }),
  own("VAE alone", { levels: "variational" }),
  own("outskirts", { negatives: "outskirts" }),
  own("subspace", { negatives: "subspace" }),
  own("partial-box", { negatives: "partial-box" }),
  own("six families", { negatives: "six" }),
  own("half outskirts, half partial-box", { negatives: "half-partial-box" }),
  own("classifier on scaled columns", { input: "prepared" }),
  own("classifier on μ(x)", { input: "means" }),
  own("no rejection", { reject: 0 }),
  own("rejection at κ_90", { reject: 0.9 }),
  own("without e_i", { residual: "dropped" }),
  own("without r_m", { features: "codes" }),
  own("untrained level 1", { steps: 0 }),
  own("q = .5", { quantile: 0.5 }),
  own("q = .99", { quantile: 0.99 }),
  own("a = 0", { push: 0 }),
  own("q = .5, a = 0", { quantile: 0.5, push: 0 }),
  own("s = 1", { spread: "1" }),
  own("s = 3", { spread: "3" }),
  own("radius by neighbors", { radius: "neighbors" }),
  own("route through columns", { route: "input" }),
  own("J = 1", { members: 1 }),
];

export const ABLATION_TABLES =
  "thyroid,cardio,fault,annthyroid,optdigits,pageblocks,waveform,breastw,satellite,pima".split(",");

/** The first sitting: twenty tables, small and middling. */
export const FIRST_TIER = [
  ...ABLATION_TABLES,
  ..."wpbc,hepatitis,lymphography,wine,vertebral,wbc,satimage-2,mammography,internetads,mnist".split(","),
];

/** The 29 classical tables. */
export const CLASSICAL =
  "aloi,annthyroid,backdoor,breastw,campaign,cardio,celeba,cover,donors,fault,hepatitis,http,internetads,lymphography,mammography,mnist,optdigits,pageblocks,pima,satellite,satimage-2,skin,smtp,thyroid,vertebral,waveform,wbc,wine,wpbc".split(
    ",",
  );
