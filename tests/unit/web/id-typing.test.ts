import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { formatUserId, USER_ID_HASH_PREFIX, userIdFromDigest } from "../../../shared/protocol/user-id.ts";
import { groupWhileTyping, problemWhileTyping } from "../../../web/connect/id-typing.ts";

const ID = userIdFromDigest(createHash("sha256").update(`${USER_ID_HASH_PREFIX}a key of a test`).digest());
const SHOWN = formatUserId(ID);

/** Types one character after another, as a hand does: each goes where the cursor stands. */
function type(text: string) {
  let typed = { text: "", caret: 0 };
  for (const character of text) {
    const raw = typed.text.slice(0, typed.caret) + character + typed.text.slice(typed.caret);
    typed = groupWhileTyping(raw, typed.caret + 1);
  }
  return typed;
}

describe("the field of the connect page", () => {
  test("groups the ID while it is typed, the cursor staying at its end", () => {
    expect(type("7k2m9")).toEqual({ text: "7k2m-9", caret: 6 });
    expect(type(ID)).toEqual({ text: SHOWN, caret: SHOWN.length });
  });

  test("takes capitals, spaces, dashes, O for 0 and I for 1", () => {
    expect(type("7K2M 9OI-").text).toBe("7k2m-901");
    expect(type(SHOWN).text).toBe(SHOWN);
  });

  test("a pasted link becomes the ID in it", () => {
    const link = `https://hub.example/#${SHOWN.toUpperCase()}`;
    expect(groupWhileTyping(link, link.length)).toEqual({ text: SHOWN, caret: SHOWN.length });
  });

  test.each([
    `   User ID   ${SHOWN}      copied to the clipboard`,
    `User ID   ${SHOWN.toUpperCase()}`,
    `14:02  the ID is “${ID}”.`,
    ` \r\n https://hub.example/#${SHOWN} \n`,
    `   Open      https://hub.example/#${SHOWN}\r\n\r\n● connected · 248 seen`,
    `Benchcast agent\n\n   User ID   ${SHOWN}\n   Open      https://hub.example/#${SHOWN}\n`,
  ])("the ID is found in what was pasted: %j", (text) => {
    expect(groupWhileTyping(text, text.length)).toEqual({ text: SHOWN, caret: SHOWN.length });
    expect(problemWhileTyping(text)).toBeNull();
  });

  test("of a pasted line it says what is wrong with the ID in it, not with the words around it", () => {
    const wrong = `${SHOWN.slice(0, -1)}${SHOWN.endsWith("7") ? "8" : "7"}`;
    const typingError = "That ID has a typing error. Compare it with the agent's screen.";
    expect(problemWhileTyping(`User ID   ${wrong}`)).toBe(typingError);
    expect(problemWhileTyping(`${SHOWN}-7k2m`)).toContain("16 characters");
    expect(problemWhileTyping(`7k2m-${SHOWN}`)).toContain("16 characters");
  });

  test("a character put into the middle leaves the cursor behind it", () => {
    expect(groupWhileTyping("7kx2m-9", 3)).toEqual({ text: "7kx2-m9", caret: 3 });
    expect(groupWhileTyping("7k2mx-9", 5)).toEqual({ text: "7k2m-x9", caret: 6 });
  });

  test("a deleted character closes the gap", () => {
    expect(groupWhileTyping("72m-9xqd", 1)).toEqual({ text: "72m9-xqd", caret: 1 });
  });

  test("says nothing of an ID that is only begun", () => {
    expect(problemWhileTyping("")).toBeNull();
    expect(problemWhileTyping("7k2m-9")).toBeNull();
    expect(problemWhileTyping("https://hub.exam")).toBeNull();
  });

  test("says at once what cannot be right, in the words of the reading", () => {
    expect(problemWhileTyping("7k2u")).toContain("“u”");
    const wrong = `${SHOWN.slice(0, -1)}${SHOWN.endsWith("7") ? "8" : "7"}`;
    expect(problemWhileTyping(wrong)).toBe("That ID has a typing error. Compare it with the agent's screen.");
    expect(problemWhileTyping(`${SHOWN}7k`)).toContain("16 characters");
  });

  test("is content with the right ID", () => {
    expect(problemWhileTyping(SHOWN)).toBeNull();
  });
});
