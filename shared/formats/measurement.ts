/** A measurement file, by its format or by a person's description. */

import { type DescribedTechnique, parseDescribedTable } from "./described-table.ts";
import { parseFile } from "./registry.ts";
import type { ParseOutcome } from "./scan.ts";
import type { TableDescription } from "./table-description.ts";

/**
 * Scans of a file. Without a description the content tells format and technique; with one only the description
 * counts, whatever the content looks like, and its one scan is of the technique that was asked for.
 */
export function parseMeasurement(
  bytes: Uint8Array,
  table: TableDescription | null | undefined,
  technique: DescribedTechnique,
): ParseOutcome {
  return table == null ? parseFile(bytes) : parseDescribedTable(bytes, table, technique);
}
