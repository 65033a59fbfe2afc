/*
 * Reads Parquet files with Arrow's own implementation (Rust, as WebAssembly) and prints a list of what it found as
 * JSON: the metadata, the column types, and the rows with every double as the 16 hex digits of its bits. Its own
 * program, as whatever reads an export is.
 */
import { readFileSync } from "node:fs";
import { tableFromIPC } from "apache-arrow";
import parquet from "parquet-wasm";

process.stdout.write(JSON.stringify(await Promise.all(process.argv.slice(2).map(read))));

async function read(path) {
  const bytes = readFileSync(path);
  const file = await parquet.ParquetFile.fromFile(new Blob([bytes]));
  const table = tableFromIPC(parquet.readParquet(bytes).intoIPCStream());
  const kept = file.metadata().fileMetadata().keyValueMetadata();
  const columns = table.schema.fields.map(({ name, type }) => ({ name, type: String(type) }));
  const vectors = columns.map(({ name }) => table.getChild(name));
  const rows = Array.from({ length: table.numRows }, (_, row) =>
    vectors.map((vector, index) => cell(vector.get(row), columns[index].type)),
  );
  const row_groups = file.metadata().numRowGroups();
  return { metadata: Object.fromEntries(kept), row_groups, columns, rows };
}

function cell(value, type) {
  if (value === null) return null;
  if (type === "Float64") return bitsOf(value);
  return typeof value === "bigint" ? Number(value) : value;
}

function bitsOf(value) {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  return view.getBigUint64(0).toString(16).padStart(16, "0");
}
