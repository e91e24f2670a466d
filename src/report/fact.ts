/** A label and one or more texts about it. */
export type Fact = readonly [label: string, ...texts: readonly string[]];
