/** CH Instruments' own binary files: recognised, so that the answer can say what is wanted instead. */

import type { InstrumentFormat, ParseOutcome } from "./scan.ts";

const NAME = "chi-bin";
const MAGIC = [0x80, 0xf2];
/** Offset of the first of two length-prefixed names: `SWV`, `Square Wave Voltammetry`. */
const NAMES_AT = 4;
const LONGEST_NAME = 64;

/**
 * `80 F2 <2 bytes>`, then the technique's short and full name, each behind its length (uint32, little-endian).
 * The layout of the rest is not published and differs between versions: refused, never guessed.
 */
export const chiBin: InstrumentFormat = {
  name: NAME,
  title: "CH Instruments binary",
  sniff,
  isComplete: null,
  parse,
};

function sniff(bytes: Uint8Array): boolean {
  return techniqueName(bytes) !== null;
}

function parse(bytes: Uint8Array): ParseOutcome {
  const technique = techniqueName(bytes);
  if (technique === null) {
    return { ok: false, code: "not_a_measurement", message: "The file is not a CH Instruments binary file." };
  }
  const found = `This is CH Instruments' binary form of a measurement (${technique})`;
  const wanted = "Save or convert it as text: the .txt file of the same run is what is read here";
  return { ok: false, code: "unsupported_format", message: `${found}. ${wanted}.` };
}

/** The full technique name in the head of the file; null when the bytes are something else. */
function techniqueName(bytes: Uint8Array): string | null {
  if (MAGIC.some((byte, index) => bytes[index] !== byte)) return null;
  const short = readName(bytes, NAMES_AT);
  if (short === null) return null;
  return readName(bytes, NAMES_AT + 4 + short.length);
}

function readName(bytes: Uint8Array, at: number): string | null {
  if (at + 4 > bytes.length) return null;
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(at, true);
  if (length === 0 || length > LONGEST_NAME || at + 4 + length > bytes.length) return null;
  const name = String.fromCharCode(...bytes.subarray(at + 4, at + 4 + length));
  return /^[\x20-\x7e]+$/.test(name) ? name : null;
}
