/**
 * User IDs: what a person copies from the agent's screen into the viewer.
 *
 * 15 characters carry the first 75 bits of SHA-256("benchcast-id-v1:" + agent key); the 16th is a Luhn mod 32
 * check character, so a typing error is caught before any network call. Self-certifying: the hub recomputes the
 * ID from the agent's key, so nobody can pose as an agent by knowing its ID.
 */

/** Digits and lower-case letters without i, l, o and u, which people misread. */
const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
const RADIX = ALPHABET.length;
const BODY_LENGTH = 15;
const BITS_PER_CHARACTER = 5;

/** Characters of a User ID on the wire, check character included. */
export const USER_ID_LENGTH = BODY_LENGTH + 1;

/** Text that is hashed, followed by the agent key, to make a User ID. */
export const USER_ID_HASH_PREFIX = "benchcast-id-v1:";

/** Sixteen lower-case characters without dashes, check character verified. */
export type UserId = string & { readonly __brand: "UserId" };

export type UserIdProblem = "empty" | "length" | "character" | "check";

export type UserIdReading =
  | { readonly ok: true; readonly user_id: UserId }
  | { readonly ok: false; readonly problem: UserIdProblem; readonly message: string };

/**
 * The User ID of an agent.
 *
 * @param digest SHA-256 of the prefix and the agent key; at least 10 bytes
 */
export function userIdFromDigest(digest: Uint8Array): UserId {
  let body = "";
  for (let i = 0; i < BODY_LENGTH; i++) body += ALPHABET[bitsAt(digest, i * BITS_PER_CHARACTER)];
  return (body + checkCharacter(body)) as UserId; // made here, so it is one
}

/** Five bits of a byte string, most significant first, from bit `at`. */
function bitsAt(bytes: Uint8Array, at: number): number {
  const first = at >> 3;
  const pair = ((bytes[first] ?? 0) << 8) | (bytes[first + 1] ?? 0);
  return (pair >> (16 - BITS_PER_CHARACTER - (at & 7))) & (RADIX - 1);
}

/** Luhn mod N (ISO/IEC 7812-1 generalised): finds every single wrong character and every swap of neighbours but 0 with z. */
function checkCharacter(body: string): string {
  let factor = 2;
  let sum = 0;
  for (let i = body.length - 1; i >= 0; i--) {
    const addend = factor * ALPHABET.indexOf(body[i] ?? "");
    sum += Math.floor(addend / RADIX) + (addend % RADIX);
    factor = 3 - factor;
  }
  return ALPHABET[(RADIX - (sum % RADIX)) % RADIX] ?? "";
}

/** `7k2m9xqdt4hwb8z7` as people read it: `7k2m-9xqd-t4hw-b8z7`. */
export function formatUserId(userId: UserId): string {
  return userId.match(/.{4}/g)?.join("-") ?? userId;
}

/**
 * Reads what a person typed or pasted: any case, spaces and dashes anywhere, O for 0, I and L for 1, a whole
 * link that carries the ID behind `#`, or a line with the ID among other words, as on the agent's screen.
 */
export function readUserId(text: string): UserIdReading {
  const typed = text.slice(text.lastIndexOf("#") + 1).trim();
  const reading = readWhole(typed);
  if (reading.ok) return reading;
  const inside = [...typed.matchAll(ID_AMONG_WORDS)].map(([found]) => readWhole(found));
  // One that only its check character refuses says more than the words around it.
  return inside.find(({ ok }) => ok) ?? inside.find((one) => !one.ok && one.problem === "check") ?? reading;
}

/** In groups as it is shown, or in one piece; nothing that could belong to it before or behind. */
const ID_AMONG_WORDS = /(?<![0-9a-z]-?)[0-9a-z]{4}(-?)[0-9a-z]{4}\1[0-9a-z]{4}\1[0-9a-z]{4}(?!-?[0-9a-z])/gi;

function readWhole(typed: string): UserIdReading {
  const characters = typed
    .toLowerCase()
    .replace(/[\s\-_.\u2010-\u2015\u2212\u200b\ufeff]/g, "")
    .replaceAll("o", "0")
    .replace(/[il]/g, "1");
  if (characters === "") return problem("empty", "Enter the User ID that the agent shows on its screen.");
  const foreign = [...characters].find((character) => !ALPHABET.includes(character));
  if (foreign !== undefined) {
    return problem("character", `A User ID has no “${foreign}”. Compare it with the agent's screen.`);
  }
  if (characters.length !== USER_ID_LENGTH) {
    const found = `${characters.length} ${characters.length === 1 ? "character" : "characters"}`;
    return problem(
      "length",
      `A User ID has ${USER_ID_LENGTH} characters; this has ${found}. Compare it with the agent's screen.`,
    );
  }
  if (checkCharacter(characters.slice(0, BODY_LENGTH)) !== characters[BODY_LENGTH]) {
    return problem("check", "That ID has a typing error. Compare it with the agent's screen.");
  }
  return { ok: true, user_id: characters as UserId }; // length, alphabet and check character hold
}

function problem(kind: UserIdProblem, message: string): UserIdReading {
  return { ok: false, problem: kind, message };
}
