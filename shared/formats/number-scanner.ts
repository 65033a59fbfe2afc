/** Decimal numbers straight from bytes, bit-equal to `Number()` and several times faster than splitting text. */

/** Which decimal marks a number may have: the point, the comma, or either. */
export type DecimalMarks = "." | "," | ".,";

const ZERO = 0x30;
const POINT = 0x2e;
const COMMA = 0x2c;
const PLUS = 0x2b;
const MINUS = 0x2d;
const LF = 0x0a;
const UPPER_E = 0x45;
const LOWER_E = 0x65;

const ascii = new TextDecoder();

/** 10^0 to 10^22: the powers of ten that a double holds exactly. */
const EXACT_POWERS = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));
/** Read digit by digit, a whole number up to this has been exact at every step: any 15 digits, and most of 16. */
const EXACT_MANTISSA = Number.MAX_SAFE_INTEGER;
/** No instrument writes a longer number. */
const SHORT = 64;

/**
 * A cursor over bytes that reads decimal numbers.
 *
 * `read()` takes the longest `[+-]digits[.digits][e[+-]digits]` at `position` and moves `position` behind it; NaN
 * when no number stands there. With digits that make a whole number below 2^53 and a power of ten within ±22 both
 * factors are exact, so one multiplication or division rounds once, as `Number()` does (Clinger 1990, fast path);
 * everything else goes through `Number()` itself. No hexadecimal, `Infinity` or blank counts as a number; `1e999` is Infinity, as for
 * `Number()`: callers must ask whether a value is finite. `marks` are the decimal marks that count: which of the two
 * a file has depends on the locale of the PC.
 */
export class NumberScanner {
  position = 0;
  /** The input, or a copy with a line end behind it: with one there, no loop has to test for the end of the bytes. */
  readonly bytes: Uint8Array;
  /** The two decimal marks; the same one twice where only one counts. */
  readonly #mark: number;
  readonly #otherMark: number;

  constructor(bytes: Uint8Array, marks: DecimalMarks = ".") {
    this.bytes = endsWithLineFeed(bytes) ? bytes : withLineFeed(bytes);
    this.#mark = marks === "," ? COMMA : POINT;
    this.#otherMark = marks === "." ? POINT : COMMA;
  }

  read(): number {
    const bytes = this.bytes;
    const start = this.position;
    let at = start;
    let byte = bytes[at]!;
    const negative = byte === MINUS;
    if (negative || byte === PLUS) byte = bytes[++at]!;

    const firstDigit = at;
    let mantissa = 0;
    for (let d = byte - ZERO; d >= 0 && d <= 9; d = byte - ZERO) {
      mantissa = mantissa * 10 + d;
      byte = bytes[++at]!;
    }
    let digits = at - firstDigit;
    let exponent = 0;
    if (byte === this.#mark || byte === this.#otherMark) {
      byte = bytes[++at]!;
      const firstDecimal = at;
      for (let d = byte - ZERO; d >= 0 && d <= 9; d = byte - ZERO) {
        mantissa = mantissa * 10 + d;
        byte = bytes[++at]!;
      }
      exponent = firstDecimal - at;
      digits -= exponent;
    }
    this.position = at;
    if (digits === 0) return Number.NaN;
    if (byte === LOWER_E || byte === UPPER_E) exponent += this.#readExponent();
    // Also true for NaN, which a broken exponent leaves behind.
    if (!(mantissa <= EXACT_MANTISSA && exponent >= -22 && exponent <= 22))
      return this.#readSlowly(start, exponent);
    const value = exponent < 0 ? mantissa / EXACT_POWERS[-exponent]! : mantissa * EXACT_POWERS[exponent]!;
    return negative ? -value : value;
  }

  /** The exponent whose `e` stands at `position`; NaN when digits are missing. Capped, so that it stays a number. */
  #readExponent(): number {
    const bytes = this.bytes;
    let at = this.position + 1;
    let byte = bytes[at]!;
    const negative = byte === MINUS;
    if (negative || byte === PLUS) byte = bytes[++at]!;
    const first = at;
    let value = 0;
    for (let d = byte - ZERO; d >= 0 && d <= 9; d = byte - ZERO) {
      if (value < 100_000) value = value * 10 + d;
      byte = bytes[++at]!;
    }
    this.position = at;
    if (at === first) return Number.NaN;
    return negative ? -value : value;
  }

  #readSlowly(start: number, exponent: number): number {
    if (Number.isNaN(exponent)) return Number.NaN;
    const digits = this.bytes.subarray(start, this.position);
    if (digits.length <= SHORT) return Number(String.fromCharCode(...digits).replace(",", "."));
    return Number(ascii.decode(digits).replace(",", "."));
  }
}

function endsWithLineFeed(bytes: Uint8Array): boolean {
  return bytes.length > 0 && bytes[bytes.length - 1] === LF;
}

function withLineFeed(bytes: Uint8Array): Uint8Array {
  const longer = new Uint8Array(bytes.length + 1);
  longer.set(bytes);
  longer[bytes.length] = LF;
  return longer;
}
