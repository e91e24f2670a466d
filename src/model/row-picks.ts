import { type Key, uniform } from "../numeric/index.ts";

/** The highest scores among those offered, highest first, the earlier row first where they tie. Memory: `most` rows. */
export function highestScores(most: number) {
  const held: { readonly place: number; readonly score: number; readonly pValue: number }[] = [];
  return {
    offer(place: number, score: number, pValue: number) {
      if (held.length === most && !(score > held[most - 1].score)) return;
      let at = held.length;
      while (at > 0 && score > held[at - 1].score) at--;
      held.splice(at, 0, { place, score, pValue });
      if (held.length > most) held.pop();
    },
    rows: () => held,
  };
}

/** `most` of the places offered, each with the same chance (reservoir sampling: Vitter 1985, algorithm R). */
export function sampledPlaces(most: number, key: Key) {
  const draw = uniform(key);
  const held: number[] = [];
  let offered = 0;
  return {
    offer(place: number) {
      offered++;
      if (held.length < most) return void held.push(place);
      const at = Math.floor(draw() * offered);
      if (at < most) held[at] = place;
    },
    /** In increasing order. */
    places: () => held.sort((a, b) => a - b),
    offered: () => offered,
  };
}
