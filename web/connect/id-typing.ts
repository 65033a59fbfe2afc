import { readUserId, USER_ID_LENGTH } from "../../shared/protocol/user-id.ts";

/** What the field shows after a keystroke, and where the cursor stands in it. */
export interface Typed {
  readonly text: string;
  readonly caret: number;
}

const GROUP = 4;
const SEPARATORS = /[\s\-_.\u2010-\u2015\u2212\u200b\ufeff]/g;

/**
 * Groups an ID while it is typed: `7k2m9xq` becomes `7k2m-9xq`, and the cursor stays where the hand is. A pasted
 * link becomes the ID in it. Text that is something else (a link that is being typed) is left alone.
 */
export function groupWhileTyping(text: string, caret: number): Typed {
  const pasted = readUserId(text);
  if (pasted.ok) {
    const grouped = group(pasted.user_id);
    const atEnd = caret >= text.length || text.includes("#");
    return {
      text: grouped,
      caret: atEnd ? grouped.length : caretAfter(grouped, significant(text.slice(0, caret)).length),
    };
  }
  if (/[#/:@]/.test(text)) return { text, caret };
  const grouped = group(significant(text));
  return { text: grouped, caret: caretAfter(grouped, significant(text.slice(0, caret)).length) };
}

/**
 * What is wrong with a text that is still being typed, null while nothing is certain: a foreign character at once,
 * the check character when all sixteen stand there. "Too short" is not an error of somebody who is typing.
 */
export function problemWhileTyping(text: string): string | null {
  const reading = readUserId(text);
  if (reading.ok || reading.problem === "empty") return null;
  if (/[#/:@]/.test(text)) return null;
  if (reading.problem === "length" && significant(text).length < USER_ID_LENGTH) return null;
  return reading.message;
}

function significant(text: string): string {
  return text.toLowerCase().replace(SEPARATORS, "").replaceAll("o", "0").replace(/[il]/g, "1");
}

function group(characters: string): string {
  return characters.match(new RegExp(`.{1,${GROUP}}`, "gu"))?.join("-") ?? "";
}

/** Place in grouped text behind so many characters that count. */
function caretAfter(grouped: string, count: number): number {
  const dashes = Math.max(0, Math.ceil(count / GROUP) - 1);
  const place = count + dashes;
  return Math.min(grouped.length, place);
}
