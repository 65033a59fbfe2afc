import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { detectFormat, FORMATS, isComplete, parseFile } from "../../../shared/formats/registry.ts";
import { hasRealData, listRealFiles, readRealFile } from "../../support/data.ts";
import { file, ROWS, SWV } from "./chi-sample.ts";

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
      /"milk".*Known formats: .*chi-text.*Export/,
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

  it("every format has a name of its own", () => {
    expect(new Set(FORMATS.map(({ name }) => name)).size).toBe(FORMATS.length);
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

/** One blow at a file: what a disk, a cable or a malicious sender could do. */
const blow = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.nat(40),
  kind: fc.constantFrom("flip", "remove", "repeat", "insert", "cut"),
  bytes: fc.oneof(
    fc.uint8Array({ maxLength: 12 }),
    fc
      .constantFrom(
        "\0",
        ",",
        "\t",
        "\r",
        "\n",
        "=",
        "e",
        "1e999",
        "-",
        "\uFEFF",
        "Potential/V",
        "i9d/A",
        "Channel 1:",
      )
      .map(utf8),
  ),
});
type Blow = typeof blow extends fc.Arbitrary<infer T> ? T : never;

function strike(content: Uint8Array, { at, length, kind, bytes }: Blow): Uint8Array {
  const from = Math.floor(at * content.length);
  const [before, hit, after] = [
    content.slice(0, from),
    content.slice(from, from + length),
    content.slice(from + length),
  ];
  switch (kind) {
    case "flip":
      return Uint8Array.from([...before, ...hit.map((byte) => byte ^ (bytes[0] ?? 0xff)), ...after]);
    case "remove":
      return Uint8Array.from([...before, ...after]);
    case "repeat":
      return Uint8Array.from([...before, ...hit, ...hit, ...hit, ...after]);
    case "insert":
      return Uint8Array.from([...before, ...bytes, ...hit, ...after]);
    case "cut":
      return before;
  }
}

function expectSound(content: Uint8Array): void {
  const outcome = parseFile(content);
  isComplete(content);
  if (!outcome.ok) {
    expect(outcome.message.length).toBeGreaterThan(20);
    return;
  }
  for (const { potentials_v, electrodes } of outcome.scans) {
    expect(potentials_v.every(Number.isFinite)).toBe(true);
    for (const { currents_a, forward_a, reverse_a } of electrodes) {
      for (const values of [currents_a, forward_a ?? currents_a, reverse_a ?? currents_a]) {
        expect(values.length).toBe(potentials_v.length);
        expect(values.every(Number.isFinite)).toBe(true);
      }
    }
  }
}

describe("no bytes make a parser throw, hang or let a number through that is none", () => {
  const results = ["Results:", "Channel 1:", "Difference:", "Ep = -0.3V", "ip = 4e-7A", "E2 Scan On"];
  const samples = [
    file(
      "Potential/V, i1d/A, i1f/A, i1r/A",
      ["-0.004, 1e-6, 2e-6, 1e-6", "-0.008, 1e-6, 2e-6, 1e-6"],
      [...SWV, ...results],
    ),
    file("Potential/V\tCurrent/A\tTime/s", ["0,1\t1e-6\t2", "0,2\t2e-6\t3"]),
    file("Freq/Hz, Z'/ohm", ROWS),
    Uint8Array.from([0x80, 0xf2, 0, 0, 3, 0, 0, 0, ...utf8("SWV"), 3, 0, 0, 0, ...utf8("SWV")]),
  ];

  it("however a file is damaged", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...samples),
        fc.array(blow, { minLength: 1, maxLength: 6 }),
        (sample, blows) => {
          expectSound(blows.reduce(strike, sample));
        },
      ),
      { numRuns: 1500 },
    );
  });

  it("nor does noise", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), expectSound), { numRuns: 150 });
    fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 200 }).map(utf8), expectSound), {
      numRuns: 150,
    });
  });

  it("nor does anything made to take long: time stays in step with size", () => {
    const big = 300_000;
    const hostile = [
      `Init E (V) = 0\n${" ".repeat(big)}`,
      `Init E (V) = 0\n${"a".repeat(big)}=${"(".repeat(big)}`,
      `Instrument Model: CHI\n${',;" '.repeat(big / 4)}x`,
      `Potential/V,${"i1/A,".repeat(big / 5)}\n1,1\n`,
      `Potential/V,${Array.from({ length: 100 }, (_, i) => `i${i + 1}/A`).join(",")}\n${"1\n".repeat(big / 2)}`,
      `Potential/V, i1/A\n${"1".repeat(big)}, ${"2".repeat(big)}\n`,
      `Potential/V, i1/A\n${"1, 2 3\n".repeat(big / 8)}`,
      `Potential/V, i1/A\n${"\r".repeat(big)}`,
      `${"\uFEFF".repeat(big / 3)}x`,
      "Ep = 1\n".repeat(big / 7),
    ];
    for (const text of hostile) {
      const started = performance.now();
      expectSound(utf8(text));
      expect(performance.now() - started, text.slice(0, 40)).toBeLessThan(1500);
    }
  });

  it("nor does a wide header over short rows take memory that the file does not justify", () => {
    const names = Array.from({ length: 100 }, (_, i) => `i${i + 1}/A`).join(",");
    const content = utf8(`Potential/V,${names}\n${"1\n".repeat(500_000)}${"1,".repeat(101)}\n`);
    const before = process.memoryUsage().arrayBuffers;
    parseFile(content);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(12 * content.length);
  });
});
