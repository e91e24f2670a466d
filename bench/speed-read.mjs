// What DuckDB alone takes to hand out the first columns of a Parquet file as vectors of doubles: path, columns. In a
// process of its own, as large as it must be: in one that has done other work the same read takes up to 2.5 times as long.
import { DuckDBInstance } from "@duckdb/node-api";

const [path, columns] = [process.argv[2], Number(process.argv[3])];
const started = performance.now();
const connection = await (await DuckDBInstance.create(":memory:")).connect();
const list = Array.from({ length: columns }, (_, j) => `x${j}::DOUBLE`).join(", ");
const result = await connection.stream(`SELECT ${list} FROM '${path.replaceAll("'", "''")}'`);
let rows = 0;
for (let chunk = await result.fetchChunk(); chunk?.rowCount; chunk = await result.fetchChunk()) {
  for (let j = 0; j < columns; j++) chunk.getColumnVector(j);
  rows += chunk.rowCount;
}
console.log(JSON.stringify({ rows, seconds: (performance.now() - started) / 1000 }));
