/**
 * Tables of numbers as they travel and are stored: row after row of Float64, little-endian; absent = NaN. One
 * place makes and reads them. Rows of tables with the same fields can be joined by joining their bytes.
 */

/** Bytes as they travel: written as `Uint8Array`, they arrive in a browser as `ArrayBuffer`. */
export type WireBytes = Uint8Array | ArrayBuffer;

/** Bytes in, rows out. The number of bytes must be a multiple of the row's; anything else throws a RangeError. */
export class NumericTable<Field extends string> {
  readonly fields: readonly Field[];

  constructor(fields: readonly Field[]) {
    this.fields = fields;
  }

  /** One row as numbers becomes a record; `offset` is counted in rows. */
  read(bytes: WireBytes): Record<Field, number>[] {
    const values = toFloat64(bytes);
    const width = this.fields.length;
    if (values.length % width !== 0)
      throw new RangeError(`A table of ${width} columns cannot have ${values.length} cells.`);
    return Array.from({ length: values.length / width }, (_, row) => this.record(values, row * width));
  }

  private record(values: Float64Array, at: number): Record<Field, number> {
    const pairs = this.fields.map((field, column) => [field, values[at + column] ?? Number.NaN]);
    return Object.fromEntries(pairs) as Record<Field, number>; // one pair per field, so all are there
  }

  /** Rows become bytes; a field that a row leaves out, or gives as null, is absent (NaN). */
  write(rows: readonly Partial<Record<Field, number | null>>[]): Uint8Array {
    const bytes = new Uint8Array(rows.length * this.fields.length * 8);
    const view = new DataView(bytes.buffer);
    let at = 0;
    for (const row of rows) {
      for (const field of this.fields) {
        view.setFloat64(at, row[field] ?? Number.NaN, true);
        at += 8;
      }
    }
    return bytes;
  }
}

function toFloat64(bytes: WireBytes): Float64Array {
  return new Float64Array(ownBuffer(bytes));
}

/** Float32, little-endian, as a copy of its own. */
export function wireFloat32(bytes: WireBytes): Float32Array {
  return new Float32Array(ownBuffer(bytes));
}

/**
 * Copies: bytes from a socket or a store may stand at any offset of a larger buffer. Not by `slice`, which is a
 * view where the bytes are a Node `Buffer`.
 */
function ownBuffer(bytes: WireBytes): ArrayBuffer {
  return bytes instanceof ArrayBuffer ? bytes : new Uint8Array(bytes).buffer;
}

/** Joins byte strings; with tables of the same fields, this joins their rows. */
export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
