import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { InputError } from "../src/errors/index.ts";
import { dataFolder } from "./labelled-set.ts";
import { resultsFolder } from "./results.ts";

/** What a column of a table holds, said by hand; numbers may have decimals. */
export type Holds = "category" | "whole" | "number" | "date";

export interface RealTable {
  readonly name: string;
  /** The file, and what is passed to `unseen fit` beside it. */
  readonly file: string;
  readonly fit: readonly string[];
  /** Which of its rows are learned from. */
  readonly where?: string;
  readonly columns: Readonly<Record<string, Holds>>;
}

/** The npm package that the first three tables come from: the data sets of the Vega editor. */
const PACKAGE = "vega-datasets@3.2.1";

const MOVIES = {
  "US Gross": "whole",
  "Worldwide Gross": "whole",
  "US DVD Sales": "whole",
  "Production Budget": "whole",
  "Release Date": "date",
  "MPAA Rating": "category",
  "Running Time min": "whole",
  Distributor: "category",
  Source: "category",
  "Major Genre": "category",
  "Creative Type": "category",
  "Rotten Tomatoes Rating": "whole",
  "IMDB Rating": "number",
  "IMDB Votes": "whole",
} as const;

const BIRD_STRIKES = {
  "Airport Name": "category",
  "Aircraft Make Model": "category",
  "Effect Amount of damage": "category",
  "Flight Date": "date",
  "Aircraft Airline Operator": "category",
  "Origin State": "category",
  "Phase of flight": "category",
  "Wildlife Size": "category",
  "Wildlife Species": "category",
  "Time of day": "category",
  "Cost Other": "whole",
  "Cost Repair": "whole",
  "Cost Total $": "whole",
  "Speed IAS in knots": "whole",
} as const;

const FLIGHTS = {
  date: "date",
  delay: "whole",
  distance: "whole",
  origin: "category",
  destination: "category",
} as const;

/** The columns of NSL-KDD that are no whole numbers. */
const RATES = /rate$/;

/** The tables: films, bird strikes and flights of the Vega editor (fetched by npm, once), and normal connections of NSL-KDD. */
export function realTables(): readonly RealTable[] {
  const vega = vegaFolder();
  const movies = join(vega, "movies.jsonl");
  if (!existsSync(movies)) writeFileSync(movies, moviesAsLines(join(vega, "movies.json")));
  const flights = join(vega, "flights.jsonl");
  if (!existsSync(flights)) writeFileSync(flights, linesOf(parsed(join(vega, "flights-2k.json"))));
  const date = (name: string) => ["--column", `${name}=timestamp`];
  return [
    { name: "movies", file: movies, fit: date("Release Date"), columns: MOVIES },
    { name: "bird strikes", file: join(vega, "birdstrikes.csv"), fit: date("Flight Date"), columns: BIRD_STRIKES },
    { name: "flights", file: flights, fit: date("date"), columns: FLIGHTS },
    ...kdd(join(dataFolder(), "intrusion/nsl-kdd-train-20.parquet")),
  ];
}

function kdd(file: string): readonly RealTable[] {
  const categories = ["protocol_type", "service", "flag"];
  const names =
    "duration protocol_type service flag src_bytes dst_bytes land wrong_fragment urgent hot num_failed_logins logged_in num_compromised root_shell su_attempted num_root num_file_creations num_shells num_access_files num_outbound_cmds is_host_login is_guest_login count srv_count serror_rate srv_serror_rate rerror_rate srv_rerror_rate same_srv_rate diff_srv_rate srv_diff_host_rate dst_host_count dst_host_srv_count dst_host_same_srv_rate dst_host_diff_srv_rate dst_host_same_src_port_rate dst_host_srv_diff_host_rate dst_host_serror_rate dst_host_srv_serror_rate dst_host_rerror_rate dst_host_srv_rerror_rate".split(
      " ",
    );
  const holds = (name: string): Holds =>
    categories.includes(name) ? "category" : RATES.test(name) ? "number" : "whole";
  return [
    {
      name: "nsl-kdd",
      file,
      fit: ["--label", "label", "--normal", "normal", "--ignore", "difficulty"],
      where: "label = 'normal'",
      columns: Object.fromEntries(names.map((name) => [name, holds(name)])),
    },
  ];
}

type Rows = readonly Readonly<Record<string, unknown>>[];
const parsed = (path: string) => JSON.parse(readFileSync(path, "utf8")) as Rows;
const linesOf = (rows: Rows) => `${rows.map((row) => JSON.stringify(row)).join("\n")}\n`;

/** Films without title and director, which name them; dates such as `Jun 12 1998` as `1998/06/12`. */
function moviesAsLines(path: string): string {
  const rows = parsed(path).map((row) => {
    const day = new Date(`${row["Release Date"]} UTC`).toISOString().slice(0, 10).replaceAll("-", "/");
    return Object.fromEntries(Object.keys(MOVIES).map((name) => [name, name === "Release Date" ? day : row[name]]));
  });
  return linesOf(rows);
}

function vegaFolder(): string {
  const target = join(resultsFolder, "vega-datasets");
  if (existsSync(target)) return target;
  mkdirSync(resultsFolder, { recursive: true });
  const folder = mkdtempSync(join(resultsFolder, "fetch-"));
  try {
    const run = (command: string, ...args: string[]) => execFileSync(command, args, { cwd: folder, stdio: "pipe" });
    run("npm", "pack", "--silent", PACKAGE);
    run("tar", "xzf", readdirSync(folder)[0]);
    renameSync(join(folder, "package/data"), target);
    return target;
  } catch (cause) {
    throw new InputError(`bench: tables: expected the npm package ${PACKAGE}, which could not be fetched`, { cause });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
