// Layers import one way: each may import the layers below it that are listed here (docs/architecture.md).
const below = {
  errors: [],
  numeric: ["errors"],
  options: ["numeric"],
  graph: ["numeric"],
  prepare: ["graph", "options"],
  trees: ["graph", "options"],
  nn: ["graph", "options"],
  calibrate: ["graph", "options"],
  detect: ["prepare", "trees", "nn", "calibrate"],
  discover: ["prepare", "trees", "nn", "calibrate"],
  data: ["prepare"],
  model: ["detect", "discover", "data"],
  evaluate: ["model"],
  report: ["evaluate"],
  cli: ["report"],
};

/** The layers a layer may import: those listed for it, and what those import. */
const allowed = (layer) => [...new Set(below[layer].flatMap((name) => [name, ...allowed(name)]))];

module.exports = {
  forbidden: [
    ...Object.keys(below).map((layer) => ({
      name: `layer-${layer}`,
      comment: `src/${layer} may import ${allowed(layer).join(", ") || "no other layer"}`,
      severity: "error",
      from: { path: `^src/${layer}/` },
      to: { path: "^src/", pathNot: [layer, ...allowed(layer)].map((name) => `^src/${name}/`) },
    })),
    { name: "no-circular", severity: "error", from: {}, to: { circular: true } },
    {
      name: "front-doors",
      comment: "a layer is entered through its index.ts",
      severity: "error",
      from: { path: "^src/([^/]+)/" },
      to: { path: "^src/[^/]+/", pathNot: ["^src/$1/", "^src/[^/]+/index\\.ts$"] },
    },
    { name: "not-to-tests", severity: "error", from: { pathNot: "\\.test\\.ts$" }, to: { path: "\\.test\\.ts$" } },
  ],
  options: {
    tsConfig: { fileName: "tsconfig.json" },
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
  },
};
