import { key, normal, uniform } from "../../src/numeric/index.ts";

/** Orders of a shop, drawn by a key: every kind of column that a model takes, and what goes wrong in each. */
export type Orders = Readonly<Record<string, readonly unknown[]>>;

/** Which columns of {@link orders} are times that a model may use. */
export const timestamps = { placed: "timestamp" } as const;

/** `strange` adds what training never saw: new categories, infinities, values far away. */
export function orders(seed: number, rows: number, strange = false): Orders {
  const root = key(seed).for("orders");
  const draw = <T>(name: string, value: (u: () => number, z: () => number) => T): T[] => {
    const [u, z] = [uniform(root.for(name)), normal(root.for(name).for("normal"))];
    return Array.from({ length: rows }, () => value(u, z));
  };
  const one = (u: () => number, values: readonly (string | null)[]) => values[Math.floor(u() * values.length)];
  const odd = draw("odd", (u) => strange && u() < 0.1);
  const countries = ["DE", "FR", "FR", "NL", "日本", "", null];
  const columns: Record<string, unknown[]> = {
    amount: draw("amount", (_, z) => Math.exp(3 + z())),
    weight: draw("weight", (u, z) => (u() < 0.1 ? null : 2 + z())),
    ratio: draw("ratio", (u, z) => (u() < 0.02 ? (u() < 0.5 ? Infinity : -Infinity) : z())),
    items: draw("items", (u) => Math.floor(1 + 6 * u() * u())),
    country: draw("country", (u) => one(u, countries)),
    "payment method": draw("payment", (u) => one(u, ["card", "card", "card", "invoice", 'gift "voucher"'])),
    express: draw("express", (u) => (u() < 0.05 ? null : u() < 0.3)),
    placed: draw("placed", (u) => (u() < 0.03 ? null : new Date(1_700_000_000_000 + Math.floor(u() * 3e10)))),
  };
  odd.forEach((isOdd, row) => {
    if (!isOdd) return;
    columns["amount"][row] = row % 3 === 0 ? null : row % 3 === 1 ? Infinity : 1e6;
    columns["country"][row] = row % 2 === 0 ? "Atlantis" : null;
    columns["payment method"][row] = row % 4 === 0 ? null : "barter";
    columns["placed"][row] = new Date(-86_400_000.5 * row);
  });
  return columns;
}
