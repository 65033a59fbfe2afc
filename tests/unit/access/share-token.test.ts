import fc from "fast-check";
import { nanoid } from "nanoid";
import { describe, expect, test } from "vitest";
import { handleOf, isHandle } from "../../../server/access/access.ts";
import { readShareText, shareFragment, shareTokenOf } from "../../../shared/protocol/share-link.ts";
import { formatUserId, readUserId, type UserId, userIdFromDigest } from "../../../shared/protocol/user-id.ts";

const TOKEN = shareTokenOf("V1StGXR8_Z5jdHi6B-myT");

describe("a share token", () => {
  test("is read alone or from the address that carries it behind #s=", () => {
    const token = { kind: "token", token: TOKEN };
    expect(readShareText(TOKEN)).toEqual(token);
    expect(readShareText(`  ${TOKEN}\n`)).toEqual(token);
    expect(readShareText(`#${shareFragment(TOKEN)}`)).toEqual(token);
    expect(readShareText(`https://hub.example.org/bench/#${shareFragment(TOKEN)}`)).toEqual(token);
  });

  test("that was not copied whole is known as one, so that a person is told what is wrong", () => {
    for (const text of [TOKEN.slice(0, -1), `${TOKEN}x`, "#s=", "#s=x", `#s=${TOKEN.slice(4)}`])
      expect(readShareText(text), text).toEqual({ kind: "damaged" });
  });

  test("has at least 120 bits, and is refused when it would have fewer", () => {
    const characters = TOKEN.slice("bcs_".length).length;
    expect(characters * Math.log2(64)).toBeGreaterThanOrEqual(120);
    expect(() => shareTokenOf("short")).toThrow(RangeError);
    expect(readShareText(shareTokenOf(nanoid())).kind).toBe("token");
  });

  test("is never taken for a User ID, nor a User ID or a handle for it", () => {
    const ids = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => userIdFromDigest(bytes));
    const written = (id: UserId) => [id, formatUserId(id), `#${formatUserId(id)}`, id.toUpperCase()];
    fc.assert(
      fc.property(ids, (id) => {
        for (const text of written(id)) expect(readShareText(text).kind).toBe("none");
        expect(isHandle(id)).toBe(false);
      }),
    );
    const handle = handleOf("V1StGXR8_Z5jdHi6B-myT");
    expect(isHandle(handle)).toBe(true);
    expect(readShareText(handle).kind).toBe("none");
    for (const text of [TOKEN, handle]) expect(readUserId(text).ok).toBe(false);
  });
});
