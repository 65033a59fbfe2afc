import type { SessionTechnique } from "../../shared/protocol/analysis-params.ts";
import { resultTableOf } from "../../shared/protocol/log-tables.ts";

/** Every result table begins with the offset. */
const OFFSET_AT = 0;

function rowBytes(technique: SessionTechnique): number {
  return resultTableOf(technique).fields.length * 8;
}

/** Writes the log's offset into every row; results are stored before they know it. Changes `rows`. */
export function setOffset(technique: SessionTechnique, rows: Uint8Array, offset: number): Uint8Array {
  const width = rowBytes(technique);
  const view = new DataView(rows.buffer, rows.byteOffset, rows.byteLength);
  for (let at = OFFSET_AT; at < rows.byteLength; at += width) view.setFloat64(at, offset, true);
  return rows;
}

/** Where the rows of the files from `offset` on begin, in bytes: rows stand in the order of their offsets. */
export function resultsFrom(technique: SessionTechnique, rows: Uint8Array, offset: number): number {
  const width = rowBytes(technique);
  const view = new DataView(rows.buffer, rows.byteOffset, rows.byteLength);
  let low = 0;
  let high = rows.byteLength / width;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (view.getFloat64(middle * width + OFFSET_AT, true) < offset) low = middle + 1;
    else high = middle;
  }
  return low * width;
}
