/** Bytes to text: which encoding, and a typed refusal where none explains the bytes. */

import type { Encoding } from "./scan.ts";

export interface DecodedText {
  readonly ok: true;
  readonly text: string;
  readonly encoding: Encoding;
}

/** Bytes in which every ASCII character is one byte: UTF-8 or Windows-1252, whatever the file was. */
export interface ByteText {
  readonly ok: true;
  readonly bytes: Uint8Array;
  /** UTF-16 of either kind, where the file is; null where `decodeText` on a part of the bytes has to tell. */
  readonly wide: "utf-16le" | "utf-16be" | null;
}

export interface Undecodable {
  readonly ok: false;
  readonly code: "bad_encoding";
  readonly message: string;
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const HEAD_BYTES = 4096;

/** Characters of the bytes 0x80 to 0x9F; the five that Windows-1252 leaves open stay C1 controls. */
const WINDOWS_1252_HIGH = ["€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f", "\u0090‘’“”•–—˜™š›œ\u009džŸ"].join("");

/**
 * Text of an instrument file without the `U+FEFF` that may stand at its start and its end.
 *
 * UTF-16 by its byte order mark, or by the zero bytes of ASCII in UTF-16; else strict UTF-8; else Windows-1252,
 * which also lets through labels in a code page that nobody names in the file (a path in GBK): only the labels
 * then read wrong. Zero bytes or other control bytes that no text holds are refused.
 */
export function decodeText(bytes: Uint8Array): DecodedText | Undecodable {
  const wide = wideEncoding(bytes);
  if (wide !== null) return decodeWide(bytes, wide);
  const zeroAt = bytes.indexOf(0);
  if (zeroAt >= 0) return undecodable(`it holds a zero byte at position ${zeroAt}, so it is not text`);
  try {
    return { ok: true, text: withoutMarks(utf8.decode(bytes)), encoding: "utf-8" };
  } catch {
    const control = bytes.findIndex(isControl);
    if (control >= 0)
      return undecodable(`it holds the control byte ${bytes[control]} at position ${control}`);
    return { ok: true, text: withoutMarks(decodeWindows1252(bytes)), encoding: "windows-1252" };
  }
}

/**
 * Text of the first `limit` bytes, for recognising a format cheaply. A character cut by the limit is dropped.
 * Empty when the head is no text.
 */
export function decodeHead(bytes: Uint8Array, limit: number): string {
  const head = bytes.subarray(0, limit);
  const wide = wideEncoding(head);
  if (wide === null && head.includes(0)) return "";
  try {
    const decoder = new TextDecoder(wide ?? "utf-8", { fatal: true });
    return decoder.decode(head, { stream: true });
  } catch {
    return wide === null ? decodeWindows1252(head) : "";
  }
}

/**
 * The file as bytes that a byte scanner can read, without byte order marks at either end. UTF-8 and Windows-1252
 * come back as a view of the input, neither copied nor tested: `decodeText` on the part that holds words does that,
 * and a number with a stray byte in it is no number. UTF-16 is written as UTF-8.
 */
export function decodeToBytes(bytes: Uint8Array): ByteText | Undecodable {
  const wide = wideEncoding(bytes);
  if (wide !== null) {
    const decoded = decodeWide(bytes, wide);
    return decoded.ok ? { ok: true, bytes: new TextEncoder().encode(decoded.text), wide } : decoded;
  }
  let start = 0;
  let end = bytes.length;
  while (hasUtf8Mark(bytes, start)) start += 3;
  while (end - 3 >= start && hasUtf8Mark(bytes, end - 3)) end -= 3;
  return { ok: true, bytes: bytes.subarray(start, end), wide };
}

/** UTF-16 by its mark, or without one by the zero halves that ASCII text has in it; null for one-byte text. */
function wideEncoding(bytes: Uint8Array): "utf-16le" | "utf-16be" | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
  const length = Math.min(bytes.length, HEAD_BYTES) & ~1;
  if (!bytes.subarray(0, length).includes(0)) return null;
  let evenZeros = 0;
  let oddZeros = 0;
  for (let i = 0; i < length; i += 2) {
    if (bytes[i] === 0) evenZeros++;
    if (bytes[i + 1] === 0) oddZeros++;
  }
  // Nearly every character of an instrument file is ASCII, and none is U+0000: so one half is nearly all
  // zeros and the other has none. Binary files have zeros in both.
  const many = (length / 2) * 0.8;
  if (oddZeros > many && evenZeros === 0) return "utf-16le";
  if (evenZeros > many && oddZeros === 0) return "utf-16be";
  return null;
}

/** A last byte without its partner belongs to a file that is still being written: it is left out. */
function decodeWide(bytes: Uint8Array, encoding: "utf-16le" | "utf-16be"): DecodedText | Undecodable {
  try {
    const decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
    const text = withoutMarks(decoder.decode(bytes.subarray(0, bytes.length & ~1)));
    const zeroAt = text.indexOf("\0");
    if (zeroAt >= 0) return undecodable(`it holds a zero character at position ${zeroAt}`);
    return { ok: true, text, encoding };
  } catch {
    return undecodable(`it begins like ${encoding.toUpperCase()} but is not valid ${encoding.toUpperCase()}`);
  }
}

function decodeWindows1252(bytes: Uint8Array): string {
  // Not TextDecoder("windows-1252"): some Node versions decode 0x80 to 0x9F of it as Latin-1.
  let text = "";
  for (const byte of bytes) {
    text += byte >= 0x80 && byte < 0xa0 ? WINDOWS_1252_HIGH[byte - 0x80]! : String.fromCharCode(byte);
  }
  return text;
}

/** Tab, the line ends, form feed and the old end-of-file mark 0x1A occur in text; other control bytes do not. */
function isControl(byte: number): boolean {
  return byte < 0x20 && !(byte >= 0x09 && byte <= 0x0d) && byte !== 0x1a;
}

function hasUtf8Mark(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 0xef && bytes[at + 1] === 0xbb && bytes[at + 2] === 0xbf;
}

function withoutMarks(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && text[start] === "\uFEFF") start++;
  while (end > start && text[end - 1] === "\uFEFF") end--;
  return text.slice(start, end);
}

function undecodable(what: string): Undecodable {
  return {
    ok: false,
    code: "bad_encoding",
    message: `The file cannot be read as text: ${what}. Wanted: UTF-8, UTF-16 or Windows-1252.`,
  };
}
