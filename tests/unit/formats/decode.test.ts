import { describe, expect, it } from "vitest";
import { decodeHead, decodeText, decodeToBytes } from "../../../shared/formats/decode.ts";
import type { Encoding } from "../../../shared/formats/scan.ts";

const utf8 = (text: string) => new TextEncoder().encode(text);

function utf16(text: string, bigEndian = false): Uint8Array {
  const bytes = new Uint8Array(text.length * 2);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < text.length; i++) view.setUint16(2 * i, text.charCodeAt(i), !bigEndian);
  return bytes;
}

const TEXT = "V,µA\r\n6.89963E-001,3.98159E-001 °²\r\n";

describe("text is decoded by what its bytes say", () => {
  const cases: [string, Uint8Array, Encoding][] = [
    ["UTF-8", utf8(TEXT), "utf-8"],
    ["UTF-8 with a byte order mark", utf8(`\uFEFF${TEXT}`), "utf-8"],
    ["UTF-8 with a mark at its end", utf8(`${TEXT}\uFEFF`), "utf-8"],
    ["UTF-16LE with a mark at both ends", utf16(`\uFEFF${TEXT}\uFEFF`), "utf-16le"],
    ["UTF-16LE without a mark", utf16(TEXT), "utf-16le"],
    ["UTF-16BE with a mark", utf16(`\uFEFF${TEXT}`, true), "utf-16be"],
    ["UTF-16BE without a mark", utf16(TEXT, true), "utf-16be"],
    ["Windows-1252", Uint8Array.from(TEXT, (letter) => letter.charCodeAt(0)), "windows-1252"],
  ];

  it.each(cases)("%s", (_, bytes, encoding) => {
    expect(decodeText(bytes)).toEqual({ ok: true, text: TEXT, encoding });
    const narrow = decodeToBytes(bytes);
    expect(narrow.ok && decodeText(narrow.bytes)).toMatchObject({ ok: true, text: TEXT });
    expect(decodeHead(bytes, bytes.length).replaceAll("\uFEFF", "")).toBe(TEXT);
  });

  it("Windows-1252 has letters of its own from 0x80 to 0x9F", () => {
    expect(decodeText(Uint8Array.of(0x80, 0x85, 0x93, 0x96, 0x9f, 0xb5))).toMatchObject({ text: "€…“–Ÿµ" });
  });

  it("a character that is still being written does not hide the rest", () => {
    expect(decodeText(utf16(TEXT).subarray(0, 21))).toMatchObject({ ok: true, text: TEXT.slice(0, 10) });
    expect(decodeHead(utf8("aµ"), 2)).toBe("a");
  });
});

describe("bytes that are no text are refused, and the message says why", () => {
  it.each<[string, Uint8Array, RegExp]>([
    ["zero bytes", Uint8Array.of(0x41, 0x42, 0, 0x43, 0x44, 0x45), /zero byte at position 2/],
    ["only zero bytes", new Uint8Array(64), /zero byte at position 0/],
    ["half a UTF-16 pair", Uint8Array.of(0xff, 0xfe, 0x00, 0xd8, 0x41, 0x00), /not valid UTF-16LE/],
    ["control bytes", Uint8Array.of(0x50, 0x4b, 0x03, 0x04, 0xff), /control byte 3 at position 2/],
  ])("%s", (_, bytes, reason) => {
    const outcome = decodeText(bytes);
    expect(outcome).toMatchObject({ ok: false, code: "bad_encoding" });
    expect(!outcome.ok && outcome.message).toMatch(reason);
  });
});
