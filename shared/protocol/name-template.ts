/** A file name template: literal text and fields, matched without backtracking. Never a regex or a glob. */

export type FieldLetter = "n" | "f" | "e" | "*";

/** What a name told: file number, frequency in Hz, electrode. Absent where the pattern has no such field. */
export interface NameFields {
  readonly n?: number;
  readonly f?: number;
  readonly e?: number;
}

/** Part of a pattern: text (folded), a run of digits, or anything but `/`. */
export type NameToken =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "digits"; readonly field: "n" | "f" | "e" }
  | { readonly kind: "any" };

type FixedToken = Exclude<NameToken, { kind: "any" }>;

export interface NamePattern {
  /** As written. */
  readonly text: string;
  readonly tokens: readonly NameToken[];
  /** The tokens between the `{*}`: one more than there are `{*}`. */
  readonly stretches: readonly (readonly FixedToken[])[];
}

export interface PatternProblem {
  /** What is wrong, and what is allowed. */
  readonly problem: string;
}

/** Long enough for a folder and a long name; the wire's schema has the same bound. */
export const MAX_PATTERN_LENGTH = 200;
/** Three numbers, and more gaps than any name form seen has. */
export const MAX_PATTERN_FIELDS = 8;

const ALLOWED =
  "Allowed are text and the fields {n} (file number), {f} (Hz), {e} (electrode) and {*} (anything but /)";

/**
 * Reads a template such as `{f}Hz/{*}_10_{n}.txt`. Letter case does not count. `{n}`, `{f}` and `{e}` stand for a
 * whole run of digits and may occur once each; `{*}` may be empty and may repeat. Paths are relative, with `/`.
 */
export function parseNamePattern(text: string): NamePattern | PatternProblem {
  const whole = wholeProblem(text);
  if (whole !== null) return { problem: whole };
  const tokens: NameToken[] = [];
  for (const part of foldName(text).split(/(\{[^{}]*\})/)) {
    if (part === "") continue;
    const token = /^\{.*\}$/.test(part) ? fieldToken(part) : textToken(part);
    if ("problem" in token) return token;
    const problem = tokenProblem(tokens, token);
    if (problem !== null) return { problem };
    tokens.push(token);
  }
  return { text, tokens, stretches: splitAtAny(tokens) };
}

/**
 * The numbers in a name, or null when it does not match. Each `{*}` is as short as it can be, from left to right,
 * so a name has one reading, the same on hub, agent and viewer. Time: name length × pattern length at most.
 */
export function matchName(pattern: NamePattern, name: string): NameFields | null {
  const folded = foldName(name);
  const fields: { n?: number; f?: number; e?: number } = {};
  const last = pattern.stretches.length - 1;
  let position = 0;
  for (const [index, stretch] of pattern.stretches.entries()) {
    const mustEnd = index === last;
    const found =
      index === 0 ? matchAt(stretch, folded, 0, mustEnd) : findStretch(stretch, folded, position, mustEnd);
    if (found === null) return null;
    Object.assign(fields, found.fields);
    position = found.end;
  }
  return fields;
}

/** A name or pattern in the form that is compared: composed accents (macOS stores them apart), lower case. */
export function foldName(name: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range is ASCII
  if (/^[\u0000-\u007f]*$/.test(name)) return name.toLowerCase();
  // Letter by letter: the lower case of a whole text depends on neighbours (Σ at the end of a word).
  return Array.from(name.normalize("NFC"), (letter) => letter.toLowerCase()).join("");
}

/** True for the ten ASCII digits only. */
export function isDigit(unit: string | undefined): boolean {
  return unit !== undefined && unit >= "0" && unit <= "9";
}

interface StretchMatch {
  readonly end: number;
  readonly fields: NameFields;
}

/**
 * The leftmost place from `from` on where a stretch fits behind a `{*}`. Leftmost is enough: digit runs are
 * maximal, so a later start always means a later end, and the next `{*}` can only lose by it. Only the last stretch can be empty.
 */
function findStretch(
  stretch: readonly FixedToken[],
  name: string,
  from: number,
  mustEnd: boolean,
): StretchMatch | null {
  if (stretch.length === 0) return name.includes("/", from) ? null : { end: name.length, fields: {} };
  for (let start = from; start <= name.length; start++) {
    const found = matchAt(stretch, name, start, mustEnd);
    if (found !== null) return found;
    if (name[start] === "/") return null;
  }
  return null;
}

function matchAt(
  stretch: readonly FixedToken[],
  name: string,
  start: number,
  mustEnd: boolean,
): StretchMatch | null {
  const fields: { n?: number; f?: number; e?: number } = {};
  let at = start;
  for (const token of stretch) {
    if (token.kind === "text") {
      if (!name.startsWith(token.text, at)) return null;
      at += token.text.length;
      continue;
    }
    // A run of digits is taken whole or not at all: `{n}` never reads 2 out of 12.
    if (!isDigit(name[at]) || isDigit(name[at - 1])) return null;
    const first = at;
    while (isDigit(name[at])) at++;
    fields[token.field] = Math.min(Number(name.slice(first, at)), Number.MAX_SAFE_INTEGER);
  }
  return mustEnd && at !== name.length ? null : { end: at, fields };
}

function wholeProblem(text: string): string | null {
  if (text === "") return `The pattern is empty. ${ALLOWED}.`;
  if (text.length > MAX_PATTERN_LENGTH) {
    return `The pattern has ${text.length} characters; at most ${MAX_PATTERN_LENGTH} are allowed.`;
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are exactly what is refused
  if (/[\u0000-\u001f\u007f]/.test(text))
    return "The pattern holds control characters; only printable text is allowed.";
  if (text.includes("\\")) return "The pattern holds a backslash; write / between folders.";
  if (text.startsWith("/") || /^[a-z]:/i.test(text)) {
    return "The pattern is an absolute path; write it relative to the watched folder.";
  }
  if (text.split("/").some((part) => part === ".." || part === "." || part === "")) {
    return 'The pattern has an empty folder name, "." or ".."; only names inside the watched folder are allowed.';
  }
  const fields = text.split("{").length - 1;
  if (fields > MAX_PATTERN_FIELDS) {
    return `The pattern has ${fields} fields; at most ${MAX_PATTERN_FIELDS} are allowed.`;
  }
  return null;
}

function fieldToken(part: string): NameToken | PatternProblem {
  if (part === "{*}") return { kind: "any" };
  if (part === "{n}" || part === "{f}" || part === "{e}") {
    // The cast states what the line above has just tested.
    return { kind: "digits", field: part[1] as "n" | "f" | "e" };
  }
  return { problem: `${part} is not a field. ${ALLOWED}.` };
}

function textToken(text: string): NameToken | PatternProblem {
  if (/[{}]/.test(text)) return { problem: `A brace stands alone in "${text}". ${ALLOWED}.` };
  return { kind: "text", text };
}

/** Why a token cannot follow the ones before it, or null. */
function tokenProblem(before: readonly NameToken[], token: NameToken): string | null {
  const previous = before.at(-1);
  if (token.kind === "digits" && before.some((one) => one.kind === "digits" && one.field === token.field)) {
    return `{${token.field}} occurs twice; only {*} may repeat.`;
  }
  if (previous?.kind === "digits" && token.kind === "digits") {
    return `{${previous.field}}{${token.field}}: where one number ends and the next begins cannot be told. Put text between them.`;
  }
  if (previous?.kind === "any" && token.kind === "any")
    return "{*}{*} means no more than one {*}; leave one out.";
  const digits = previous?.kind === "digits" ? previous : token.kind === "digits" ? token : null;
  const touching =
    previous?.kind === "text" ? previous.text.at(-1) : token.kind === "text" ? token.text[0] : "";
  if (digits !== null && isDigit(touching)) {
    return `The digit ${touching} touches {${digits.field}}, which stands for a whole number: no name could match. Leave the digit out or put text between them.`;
  }
  return null;
}

function splitAtAny(tokens: readonly NameToken[]): FixedToken[][] {
  const stretches: FixedToken[][] = [[]];
  for (const token of tokens) {
    if (token.kind === "any") stretches.push([]);
    else stretches.at(-1)?.push(token);
  }
  return stretches;
}
