import { ByteWriter, ParquetWriter } from "hyparquet-writer";
import type { Cell, Column } from "./columns.ts";
import type { ExportJob } from "./export-job.ts";
import type { ExportRow } from "./export-row.ts";

/** Rows of one row group, which is encoded in one turn of the event loop; larger groups save 3 % of the bytes. */
const GROUP_ROWS = 500;

/** Key of the manifest in the file's own metadata. */
export const MANIFEST_KEY = "benchcast";

type SchemaElement = ConstructorParameters<typeof ParquetWriter>[0]["schema"][number];

/** Parquet: typed columns, row groups as they come, the manifest in the file's key-value metadata. */
export async function* writeParquet(job: ExportJob): AsyncGenerator<Uint8Array> {
  const { columns, manifest } = job;
  const bytes = new DrainedWriter();
  const root: SchemaElement = { name: "root", num_children: columns.length };
  const writer = new ParquetWriter({
    writer: bytes,
    schema: [root, ...columns.map(schemaOf)],
    kvMetadata: [{ key: MANIFEST_KEY, value: JSON.stringify(manifest) }],
    createdBy: `${manifest.software.name} version ${manifest.software.version}`,
  });
  for await (const rows of inGroups(job.rows())) {
    const columnData = columns.map((column) => ({
      name: column.name,
      data: rows.map((row) => parquetCell(column.value(row), column.kind)),
    }));
    await writer.write({ columnData, rowGroupSize: rows.length });
    yield bytes.drain();
  }
  await writer.finish();
  yield bytes.drain();
}

/** Its bytes can be taken away as the file grows; positions in the file go on counting. */
class DrainedWriter extends ByteWriter {
  drain(): Uint8Array {
    const bytes = this.getBytes().slice();
    this.index = 0;
    return bytes;
  }
}

async function* inGroups(portions: AsyncIterable<readonly ExportRow[]>): AsyncGenerator<ExportRow[]> {
  let group: ExportRow[] = [];
  for await (const rows of portions) {
    group.push(...rows);
    if (group.length < GROUP_ROWS) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}

const OPTIONAL = { repetition_type: "OPTIONAL" } as const;

function schemaOf({ name, kind }: Column): SchemaElement {
  switch (kind) {
    case "text":
      return { name, type: "BYTE_ARRAY", converted_type: "UTF8", ...OPTIONAL };
    case "integer":
      return { name, type: "INT32", ...OPTIONAL };
    case "number":
      return { name, type: "DOUBLE", ...OPTIONAL };
    case "boolean":
      return { name, type: "BOOLEAN", ...OPTIONAL };
    case "utc":
    case "local-time":
      return {
        name,
        type: "INT64",
        logical_type: { type: "TIMESTAMP", isAdjustedToUTC: kind === "utc", unit: "MILLIS" },
        ...OPTIONAL,
      };
  }
}

function parquetCell(value: Cell, kind: Column["kind"]): Cell | bigint {
  const isTime = kind === "utc" || kind === "local-time";
  return isTime && typeof value === "number" ? BigInt(Math.round(value)) : value;
}
