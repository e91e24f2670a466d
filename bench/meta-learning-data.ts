import { type Key, type Matrix, permutation, sample, stackRows, takeRows } from "../src/numeric/index.ts";
import { type Classed, connections, flowRows } from "./sculpting-data.ts";

/** One family of attacks left out: what a detector is given, and what it is tested on. */
export interface LeftOut {
  readonly family: string;
  /** Normal rows and rows of the other families for training; a detector holds a fifth of them out itself. */
  readonly normal: Matrix;
  readonly known: Classed;
  /** Normal rows, rows of the other families and rows of the family left out, for the test. */
  readonly testNormal: Matrix;
  readonly testKnown: Matrix;
  readonly unseen: Matrix;
}

/** Which labels of CIC-IDS-2017 make which family; the others are normal rows, or left out. */
const FAMILY: Readonly<Record<string, string>> = {
  Botnet: "Botnet",
  "FTP-Patator": "BruteForce",
  "SSH-Patator": "BruteForce",
  "DoS GoldenEye": "GoldenEye",
  "DoS Slowloris": "Slowloris",
  "DoS Hulk": "Hulk",
  "DoS Slowhttptest": "Slowhttptest",
  DDoS: "DDoS",
  Portscan: "Portscan",
  "Infiltration - Portscan": "Portscan",
  Infiltration: "Infiltration",
  "Web Attack - Brute Force": "Web",
  "Web Attack - XSS": "Web",
  "Web Attack - SQL Injection": "Web",
};

/** Families of 300 rows and more, which the headline is of, and the small ones. */
export const HEADLINE = ["Botnet", "BruteForce", "GoldenEye", "Slowloris", "Hulk", "Slowhttptest", "DDoS", "Portscan"];
export const APART = ["Infiltration", "Web"];

/** Known rows that are tested at most, drawn by key: their AUROC is near 1 for all methods, and scoring takes time. */
const MOST_KNOWN = 1500;

/** Of normal rows and of each family a sixth tests; of the rest a fifth is held out by the detector. */
const TESTED = 1 / 6;

/**
 * Protocol A: CIC-IDS-2017 improved, one family left out. Five sixths of the normal rows and of each other family are given to the
 * detector (which trains on four fifths of them), a sixth of the normal rows is tested against all rows of the family.
 */
export async function familiesOfFlows(): Promise<(key: Key, family: string) => LeftOut> {
  const { rows, classes } = await flowRows();
  const families = classes.map((name) => (name === "BENIGN" ? "normal" : FAMILY[name]));
  const places = new Map<string, number[]>();
  families.forEach((name, row) => {
    if (name !== undefined) places.set(name, [...(places.get(name) ?? []), row]);
  });
  return (key, family) => {
    const cut = (name: string) => {
      const own = places.get(name)!;
      const order = Array.from(permutation(key.for(name), own.length), (at) => own[at]);
      const tested = Math.round(own.length * TESTED);
      return { test: order.slice(0, tested), train: order.slice(tested) };
    };
    const normal = cut("normal");
    const others = [...HEADLINE, ...APART].filter((name) => name !== family).map((name) => ({ name, ...cut(name) }));
    const given = others.flatMap(({ train }) => train);
    return {
      family,
      normal: takeRows(rows, normal.train),
      known: { rows: takeRows(rows, given), classes: others.flatMap(({ name, train }) => train.map(() => name)) },
      testNormal: takeRows(rows, normal.test),
      testKnown: some(
        takeRows(
          rows,
          others.flatMap(({ test }) => test),
        ),
        key,
      ),
      unseen: takeRows(rows, places.get(family)!),
    };
  };
}

function some(known: Matrix, key: Key): Matrix {
  return takeRows(known, sample(key.for("known test rows"), known.rows, MOST_KNOWN));
}

/** Attack types of fewer training rows are one family, `rest`. */
const FEWEST = 100;

/** Protocol B: NSL-KDD, the 20 % training file; the types that only the test file has are left out. */
export async function typesOfConnections(): Promise<(key: Key) => LeftOut> {
  const divide = await connections();
  return (key) => {
    const { train, calibration, normal, seen, known, unseen } = divide(key);
    const count = (name: string) => seen.classes.filter((other) => other === name).length;
    const large = new Set([...new Set(seen.classes)].filter((name) => count(name) >= FEWEST));
    return {
      family: "unseen types",
      normal: stackRows(train, calibration),
      known: { rows: seen.rows, classes: seen.classes.map((name) => (large.has(name) ? name : "rest")) },
      testNormal: normal,
      testKnown: some(known.rows, key),
      unseen: unseen.rows,
    };
  };
}
