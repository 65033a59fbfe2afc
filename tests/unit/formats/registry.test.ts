import { describe, expect, it } from "vitest";
import { detectFormat, FORMATS, isComplete, parseFile } from "../../../shared/formats/registry.ts";
import { hasRealData, listRealFiles, readRealFile } from "../../support/data.ts";
import { file } from "./chi-sample.ts";

const utf8 = (text: string) => new TextEncoder().encode(text);

describe("a file is parsed by its content, or refused with a reason and what to do", () => {
  it("a measurement of a known format", () => {
    const content = file("Potential/V, i1/A");
    expect(detectFormat(content)?.name).toBe("chi-text");
    expect(isComplete(content)).toBe(true);
    expect(parseFile(content)).toMatchObject({ ok: true, format: "chi-text", encoding: "utf-8" });
  });

  it.each<[string, Uint8Array, string, RegExp]>([
    ["an empty file", new Uint8Array(0), "empty_file", /empty/],
    ["only white space", utf8(" \r\n\t\r\n"), "empty_file", /empty/],
    ["only a byte order mark", Uint8Array.of(0xff, 0xfe), "empty_file", /empty/],
    [
      "a shopping list",
      utf8("milk\nbread\n"),
      "not_a_measurement",
      /^No known instrument format begins like this: "milk".*: Gamry DTA,.*CH Instruments text,.*Export/,
    ],
    ["a page of the web", utf8("<!doctype html><html>"), "not_a_measurement", /doctype/],
    ["an archive", Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0, 0, 0), "bad_encoding", /zero byte at position 4/],
    ["a header alone", utf8("Init E (V) = 0\r\n"), "incomplete_file", /growing/],
  ])("%s", (_, content, code, message) => {
    const outcome = parseFile(content);
    expect(outcome).toMatchObject({ ok: false, code });
    expect(!outcome.ok && outcome.message).toMatch(message);
    expect(isComplete(content)).toBe(false);
  });

  it("a long first line is shown in part", () => {
    const outcome = parseFile(utf8("x".repeat(100_000)));
    expect(!outcome.ok && outcome.message.length).toBeLessThan(400);
  });

  it("the formats that never tell their end", () => {
    const silent = FORMATS.filter(({ isComplete }) => isComplete === null).map(({ name }) => name);
    expect(silent.sort()).toEqual(["chi-bin", "eclab-text", "nova-ascii", "pstrace-csv"]);
  });

  it("every format has a name and a title of its own", () => {
    expect(new Set(FORMATS.map(({ name }) => name)).size).toBe(FORMATS.length);
    expect(new Set(FORMATS.map(({ title }) => title)).size).toBe(FORMATS.length);
  });
});

describe("CH Instruments' binary form is recognised and refused, with what is wanted instead", () => {
  const head = [
    0x80,
    0xf2,
    0x1d,
    0,
    3,
    0,
    0,
    0,
    ...utf8("SWV"),
    23,
    0,
    0,
    0,
    ...utf8("Square Wave Voltammetry"),
    0,
    0,
  ];

  it("whatever the file is called", () => {
    const outcome = parseFile(Uint8Array.from(head));
    expect(outcome).toMatchObject({ ok: false, code: "unsupported_format" });
    expect(!outcome.ok && outcome.message).toMatch(/binary.*Square Wave Voltammetry.*\.txt/);
    expect(isComplete(Uint8Array.from(head))).toBe(false);
  });

  it("also inside a larger buffer", () => {
    const larger = Uint8Array.from([1, 2, 3, ...head]);
    expect(detectFormat(larger.subarray(3))?.name).toBe("chi-bin");
  });

  it("and a beginning that only looks like it is something else", () => {
    for (const end of [2, 6, 8, 10, 14, 30])
      expect(detectFormat(Uint8Array.from(head.slice(0, end)))).toBeNull();
    expect(detectFormat(Uint8Array.from([0x80, 0xf2, 0, 0, 0xff, 0xff, 0xff, 0xff, ...head]))).toBeNull();
  });
});

describe.runIf(hasRealData())("real files of every vendor", () => {
  it("CH Instruments text and binary files are told apart, and nobody else's is taken for either", () => {
    for (const name of listRealFiles()) {
      const found = detectFormat(readRealFile(name))?.name;
      if (!name.startsWith("chi-")) expect(found ?? "", name).not.toMatch(/^chi-/);
      else expect(found, name).toBe(name.endsWith(".bin") ? "chi-bin" : "chi-text");
    }
  });
});
