import type { MadeFamily } from "./made-rows.ts";

/** What a row of each family is, and what is odd in it, for those who look at one. */
export const FAMILY_WORDS: Readonly<Record<MadeFamily, string>> = {
  outskirts: "one of the outermost tenth, pushed further out: as normal rows are, only more so",
  subspace: "a normal row with 10 to 50 % of its values blurred: a few values are off",
  ladder: "a normal row with every value blurred: a little of everything is off",
  shuffle: "a normal row with values of others: each is usual, together they are not",
  extrapolate: "a normal row moved away from another one: too much of a known direction",
  box: "any value of every column's range: nothing goes together",
  "partial-box": "a normal row, 10 to 50 % of its values anywhere in the range: a few are far off",
};
