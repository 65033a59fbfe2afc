/** Lines of bytes, whichever of the three line ends a file has. */

export const LINE_END = /\r\n|\n|\r/;
/** The longest header seen has 116 lines and 2.6 KB; hundreds of segments still fit. */
export const HEADER_BYTES = 65_536;

const LF = 0x0a;
const CR = 0x0d;

/** Position of the end of the line that begins at `start`: of its CR or LF, or the length of the bytes. */
export function lineEnd(bytes: Uint8Array, start: number): number {
  const { length } = bytes;
  let at = start;
  while (at < length && bytes[at] !== LF && bytes[at] !== CR) at++;
  return at;
}

/** Where the line behind the one that ends at `end` begins. */
export function nextLine(bytes: Uint8Array, end: number): number {
  return bytes[end] === CR && bytes[end + 1] === LF ? end + 2 : end + 1;
}

/** A part of a line for recognising it, one character per byte: labels in other letters read wrong here. */
export function asciiOf(bytes: Uint8Array, start: number, end: number): string {
  return String.fromCharCode(...bytes.subarray(start, end));
}
