import { type ParamCodec, UNREADABLE } from "./param-field.ts";

/** Accepts a decimal comma and a typographic minus. */
export function readNumber(text: string): number | typeof UNREADABLE {
  const plain = text.trim().replace(",", ".").replace("\u2212", "-");
  const value = plain === "" ? Number.NaN : Number(plain);
  return Number.isFinite(value) ? value : UNREADABLE;
}

const isBlank = (text: string): boolean => text.trim() === "";

export const numberCodec: ParamCodec = {
  inputs: [""],
  write: (value) => [String(value)],
  read: ([text = ""]) => readNumber(text),
};

/** Empty: null. */
export const optionalNumberCodec: ParamCodec = {
  inputs: [""],
  write: (value) => [value === null ? "" : String(value)],
  read: ([text = ""]) => (isBlank(text) ? null : readNumber(text)),
};

/** A number, or one of some words; an empty field stands for `blank`. */
export function numberOrWord(words: readonly string[], blank: string | number): ParamCodec {
  return {
    inputs: [""],
    write: (value) => [value === blank ? "" : String(value)],
    read: ([text = ""]) => {
      const word = text.trim().toLowerCase();
      if (word === "") return blank;
      return words.includes(word) ? word : readNumber(text);
    },
  };
}

/** Two numbers, the lower one first in the value; both empty: null. */
export const windowCodec: ParamCodec = {
  inputs: ["from", "to"],
  write: (value) => (isPair(value) ? value.map(String) : ["", ""]),
  read: (texts) => {
    if (texts.every(isBlank)) return null;
    const [from, to] = texts.map(readNumber);
    if (typeof from !== "number" || typeof to !== "number") return UNREADABLE;
    return from <= to ? [from, to] : [to, from];
  },
};

/** Several numbers with spaces or semicolons between; empty: `blank`. */
export function numbersCodec(blank: null | readonly number[]): ParamCodec {
  return {
    inputs: [""],
    write: (value) => [Array.isArray(value) ? value.join("; ") : ""],
    read: ([text = ""]) => {
      const words = text.split(/[;\s]+/).filter((word) => word !== "");
      if (words.length === 0) return blank;
      const numbers = words.map(readNumber);
      return numbers.includes(UNREADABLE) ? UNREADABLE : numbers;
    },
  };
}

/** Points and threshold of a Hampel filter; both empty: `blank`. A word stands in the first input. */
export function hampelCodec(words: readonly string[], blank: null | string): ParamCodec {
  return {
    inputs: ["points", "threshold, in σ"],
    write: (value) => {
      if (isHampel(value)) return [String(value.points), String(value.threshold)];
      return [value === blank ? "" : String(value), ""];
    },
    read: (texts) => {
      const [first = "", second = ""] = texts;
      if (texts.every(isBlank)) return blank;
      const word = first.trim().toLowerCase();
      if (words.includes(word) && isBlank(second)) return word;
      const [points, threshold] = [readNumber(first), readNumber(second)];
      return points === UNREADABLE || threshold === UNREADABLE ? UNREADABLE : { points, threshold };
    },
  };
}

function isPair(value: unknown): value is readonly [number, number] {
  return Array.isArray(value) && value.length === 2;
}

function isHampel(value: unknown): value is { readonly points: number; readonly threshold: number } {
  return typeof value === "object" && value !== null && "points" in value && "threshold" in value;
}
