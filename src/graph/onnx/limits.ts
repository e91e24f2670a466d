/** What a file may hold at most. Beyond them it is refused before anything runs. */
export const LIMITS = { bytes: 1 << 30, nodes: 100_000, inputs: 20_000, rank: 6, manifest: 1 << 26 } as const;
