/** JSON read in one pass over its bytes, value by value, without building what nobody asks for. */

import { NumberScanner } from "./number-scanner.ts";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const MINUS = 0x2d;
/** No key that is asked for is longer; a longer one is an unknown one. */
const LONGEST_KEY = 64;

const utf8 = new TextDecoder("utf-8");

/**
 * A cursor over JSON of any size and depth: memory and stack do not grow with either. Keys come in lower case. It
 * never throws: where the bytes are no JSON, `isBroken` becomes true, and every further call says that nothing is
 * there, so that callers' loops end.
 *
 * Every value must be taken by exactly one of `enterObject`, `enterArray`, `number`, `string` or `skip`; the first
 * four skip a value of another kind.
 */
export class JsonCursor {
  isBroken = false;
  readonly #scanner: NumberScanner;
  readonly #bytes: Uint8Array;
  readonly #length: number;
  #at = 0;

  /** @param bytes UTF-8; other one-byte encodings only spoil the letters of strings */
  constructor(bytes: Uint8Array) {
    this.#scanner = new NumberScanner(bytes);
    this.#bytes = this.#scanner.bytes;
    this.#length = bytes.length;
  }

  /** Position of the next byte to read. */
  get position(): number {
    return this.#at;
  }

  /** Whether nothing but white space is left. */
  get isAtEnd(): boolean {
    return this.#peek() === -1;
  }

  /** True when an object begins here, which the cursor then is in: ask `nextKey` until null. */
  enterObject(): boolean {
    return this.#enter(OPEN_OBJECT);
  }

  /** True when an array begins here, which the cursor then is in: ask `nextItem` until false. */
  enterArray(): boolean {
    return this.#enter(OPEN_ARRAY);
  }

  /** The next key of the object that was entered, in lower case; null at its end. */
  nextKey(): string | null {
    if (!this.#nextMember(CLOSE_OBJECT)) return null;
    const key = this.#peek() === QUOTE ? this.#readKey() : null;
    if (key === null || this.#peek() !== COLON) {
      this.isBroken = true;
      return null;
    }
    this.#at++;
    return key;
  }

  /** Whether the array that was entered has another item. */
  nextItem(): boolean {
    return this.#nextMember(CLOSE_ARRAY);
  }

  /** A finite number, or NaN for any other value. */
  number(): number {
    const byte = this.#peek();
    if (byte !== MINUS && !(byte >= 0x30 && byte <= 0x39)) {
      this.skip();
      return Number.NaN;
    }
    this.#scanner.position = this.#at;
    const value = this.#scanner.read();
    this.skip();
    return Number.isFinite(value) ? value : Number.NaN;
  }

  /** A string of at most `limit` bytes; null for any other value. */
  string(limit: number): string | null {
    if (this.#peek() !== QUOTE) {
      this.skip();
      return null;
    }
    const start = this.#at;
    if (!this.#skipString() || this.#at - start > limit) return null;
    try {
      const value: unknown = JSON.parse(utf8.decode(this.#bytes.subarray(start, this.#at)));
      return typeof value === "string" ? value : null;
    } catch {
      return null;
    }
  }

  /** Passes over one value with all that is in it. */
  skip(): void {
    let depth = 0;
    do {
      const byte = this.#peek();
      if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
        depth++;
        this.#at++;
      } else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) {
        depth--;
        this.#at++;
      } else if (byte === QUOTE) this.#skipString();
      else if (byte === COMMA || byte === COLON) this.#at++;
      else if (byte !== -1) this.#skipWord();
      if (byte === -1 || depth < 0) this.isBroken = true;
    } while (depth > 0 && !this.isBroken);
  }

  /** The next byte that is not white space; -1 at the end and after a break. */
  #peek(): number {
    const bytes = this.#bytes;
    let at = this.#at;
    while (at < this.#length && (bytes[at] === 0x20 || (bytes[at]! >= 0x09 && bytes[at]! <= 0x0d))) at++;
    this.#at = at;
    return at < this.#length && !this.isBroken ? bytes[at]! : -1;
  }

  #enter(opening: number): boolean {
    if (this.#peek() === opening) {
      this.#at++;
      return true;
    }
    this.skip();
    return false;
  }

  #nextMember(closing: number): boolean {
    if (this.#peek() === COMMA) this.#at++;
    const byte = this.#peek();
    if (byte === closing) this.#at++;
    // A bracket of the other kind, or the end: what was opened is never closed.
    else if (byte === -1 || byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) this.isBroken = true;
    else return true;
    return false;
  }

  #readKey(): string | null {
    const start = this.#at + 1;
    if (!this.#skipString()) return null;
    const end = this.#at - 1;
    if (end - start > LONGEST_KEY) return "";
    return String.fromCharCode(...this.#bytes.subarray(start, end)).toLowerCase();
  }

  #skipString(): boolean {
    const bytes = this.#bytes;
    let at = this.#at + 1;
    while (at < this.#length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
    this.#at = Math.min(at + 1, this.#length);
    if (at >= this.#length) this.isBroken = true;
    return !this.isBroken;
  }

  /** A number, `true`, `null` or anything else up to the next mark. */
  #skipWord(): void {
    const bytes = this.#bytes;
    let at = this.#at + 1;
    for (; at < this.#length; at++) {
      const byte = bytes[at]!;
      const isMark = byte === COMMA || byte === COLON || byte === QUOTE || byte <= 0x20;
      if (isMark || (byte | 0x20) === OPEN_OBJECT || (byte | 0x20) === CLOSE_OBJECT) break;
    }
    this.#at = at;
  }
}
