import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  formatUserId,
  readUserId,
  USER_ID_HASH_PREFIX,
  userIdFromDigest,
} from "../../../shared/protocol/user-id.ts";

/* What the check character promises to a person who types an ID from a screen. */

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
const TYPING_ERROR = "That ID has a typing error. Compare it with the agent's screen.";

const anId = fc
  .string()
  .map((key) => userIdFromDigest(createHash("sha256").update(USER_ID_HASH_PREFIX).update(key).digest()));

function said(text: string): string | null {
  const reading = readUserId(text);
  return reading.ok ? null : reading.message;
}

test("every single wrong character, at any place, is caught before anything is asked", () => {
  fc.assert(
    fc.property(anId, (id) => {
      for (const [place, right] of [...id].entries())
        for (const wrong of ALPHABET)
          if (wrong !== right)
            expect(said(id.slice(0, place) + wrong + id.slice(place + 1))).toBe(TYPING_ERROR);
    }),
    { numRuns: 30 },
  );
});

test("every swap of two neighbours is caught, but that of 0 and z", () => {
  fc.assert(
    fc.property(anId, (id) => {
      for (let place = 0; place + 1 < id.length; place++) {
        const [one = "", other = ""] = id.slice(place, place + 2);
        const swapped = id.slice(0, place) + other + one + id.slice(place + 2);
        const isMissed = one === other || `${one}${other}` === "0z" || `${one}${other}` === "z0";
        expect(said(swapped), `${id} → ${swapped}`).toBe(isMissed ? null : TYPING_ERROR);
      }
    }),
  );
});

test("an ID is read as it is shown, in capitals, with spaces, and with O for 0 and I or L for 1", () => {
  fc.assert(
    fc.property(anId, (id) => {
      const shown = formatUserId(id);
      const misread = shown.replaceAll("0", "O").replaceAll("1", "l");
      for (const text of [shown, shown.toUpperCase(), shown.replaceAll("-", " "), misread, `\n${id}\t`])
        expect(readUserId(text)).toEqual({ ok: true, user_id: id });
    }),
  );
});

test("an ID among other words is found, and never another one than that", () => {
  const words = fc.stringMatching(/^[ -"$-~]{0,30}$/);
  fc.assert(
    fc.property(anId, words, words, (id, before, behind) => {
      const reading = readUserId(`${before} ${formatUserId(id)} ${behind}`);
      // By chance the words may hold something that is an ID, too.
      if (reading.ok && reading.user_id !== id) expect(`${before} ${behind}`).toMatch(/[0-9a-z]{4}/i);
      else expect(reading).toEqual({ ok: true, user_id: id });
    }),
  );
});

test.each([
  ["", "Enter the User ID that the agent shows on its screen."],
  ["7k2m-9x", "A User ID has 16 characters; this has 6 characters. Compare it with the agent's screen."],
  ["7", "A User ID has 16 characters; this has 1 character. Compare it with the agent's screen."],
  ["7k2m-9xqd-t4hw-b8u7", "A User ID has no “u”. Compare it with the agent's screen."],
  ["0000-0000-0000-0001", TYPING_ERROR],
])("what cannot be an ID (%j) is answered with what to do", (text, words) => {
  expect(said(text)).toBe(words);
});
