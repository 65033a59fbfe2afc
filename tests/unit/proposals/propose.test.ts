import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { proposeSeries } from "../../../server/proposals/propose.ts";
import { matchName, parseNamePattern, patternsOverlap } from "../../../shared/protocol/name-pattern.ts";
import { simulatedFile } from "../../support/fixtures.ts";
import { type MemoryFile, memoryFolder, proposeFor } from "./memory-folder.ts";

const swv = (number: number, frequencyHz = 15, electrodes = 1) =>
  simulatedFile(number, { frequencyHz, electrodes, step_v: 0.005 });
const text = (content: string) => new TextEncoder().encode(content);
const CV = text(
  [
    "Init E (V) = 0",
    "High E (V) = 0.2",
    "Low E (V) = 0",
    "Scan Rate (V/s) = 0.1",
    "",
    "Potential/V, Current/A",
    "",
    ...Array.from({ length: 80 }, (_, n) => `${(0.005 * (n < 40 ? n : 80 - n)).toFixed(3)}, ${n}e-8`),
    "",
  ].join("\r\n"),
);
const range = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
const facts = async (files: readonly MemoryFile[]) =>
  (await proposeFor(files)).proposals.map(({ technique, filters, summary }) => [
    technique,
    filters.pattern,
    summary,
  ]);

describe("techniques", { timeout: 60_000 }, () => {
  it("that take turns in one numbering are two sessions over the same files", async () => {
    const files = range(12).map((n) => ({ name: `run_${n}.txt`, content: n % 2 === 0 ? CV : swv(n) }));
    const { proposals } = await proposeFor(files);
    expect(proposals.map(({ technique, filters, summary }) => [technique, filters.pattern, summary])).toEqual(
      [
        ["swv", "run_{n}.txt", "SWV, 15 Hz, 1 electrode, 12 files, with CV"],
        ["cv", "run_{n}.txt", "CV, 100 mV/s, 1 electrode, 12 files, with SWV"],
      ],
    );
    expect(proposals[0]?.remarks).toContain(
      "The names do not tell SWV from CV: files of the other are listed and passed over.",
    );
  });

  it("an SWV scan at each of many frequencies is a frequency map", async () => {
    const frequencies = [10, 20, 50, 100, 200, 500, 1000];
    const named = frequencies.map((f) => ({ name: `Apt_${f}Hz.txt`, content: swv(1, f) }));
    expect(await facts(named)).toEqual([
      ["frequency-map", "Apt_{f}Hz.txt", "SWV, 7 frequencies 10 to 1000 Hz, 1 electrode, 7 files"],
    ]);
    const told = frequencies.map((f, n) => ({ name: `Apt_${n}.txt`, content: swv(1, f) }));
    expect(await facts(told)).toEqual([
      ["frequency-map", "Apt_{n}.txt", "SWV, 7 frequencies 10 to 1000 Hz, 1 electrode, 7 files"],
    ]);
  });

  it("a frequency that only the files tell is found, and said to be of those that were looked at", async () => {
    const files = range(40).map((n) => ({ name: `a_${n}.txt`, content: swv(n, n % 2 === 0 ? 200 : 15) }));
    const { proposals } = await proposeFor(files);
    expect(proposals[0]).toMatchObject({ frequencies_hz: [15, 200], looked: expect.any(Number) });
    expect(proposals[0]?.remarks.join()).toMatch(
      /frequencies are those of the \d+ files that were looked at/,
    );
  });

  it("a file that says another frequency than its name is believed, and that is said", async () => {
    const files = range(4).map((n) => ({ name: `a_30Hz_${n}.txt`, content: swv(n, 25) }));
    const [proposal] = (await proposeFor(files)).proposals;
    expect(proposal?.frequencies_hz).toEqual([25]);
    expect(proposal?.remarks.join()).toMatch(
      /a_30Hz_1.txt was measured at 25 Hz: the file counts, not its name/,
    );
  });
});

describe("electrodes", () => {
  it("with a file each are told by the names", async () => {
    const files = [1, 2, 5].flatMap((e) =>
      range(3).map((n) => ({ name: `E${e}_Apt_60Hz_${n}.txt`, content: swv(n, 60) })),
    );
    const [proposal] = (await proposeFor(files)).proposals;
    expect(proposal).toMatchObject({
      electrodes: [1, 2, 5],
      filters: { pattern: "E{e}_Apt_{f}Hz_{n}.txt" },
      summary: "SWV, 60 Hz, 3 electrodes, 9 files",
    });
  });
});

describe("looking is bounded", { timeout: 60_000 }, () => {
  it("a folder of ten thousand files costs a few of them", async () => {
    const content = swv(1);
    const { files, reader, asked } = memoryFolder(
      range(10_000).map((n) => ({ name: `swv_${n}.txt`, content })),
    );
    const { proposals } = await proposeSeries(files, reader);
    expect(proposals[0]?.files).toBe(10_000);
    expect(asked.files).toBeLessThan(8);
  });

  it("a folder of a thousand kinds of names costs no more than its budget", async () => {
    const content = swv(1);
    const letters = (n: number) =>
      [n % 26, Math.floor(n / 26) % 26, Math.floor(n / 676)].map((k) => String.fromCharCode(97 + k)).join("");
    const { files, reader, asked } = memoryFolder(
      range(1_000).map((n) => ({ name: `${letters(n)}_1.txt`, content })),
    );
    const { proposals, left_out } = await proposeSeries(files, reader);
    expect(proposals.length + left_out.reduce((sum, one) => sum + one.files, 0)).toBe(1_000);
    expect(asked.files).toBeLessThan(100);
  });

  it("large files are read from their beginning only", async () => {
    const [head = "", tail = ""] = new TextDecoder().decode(swv(1)).split(/(?<=Potential\/V[^\n]*\n)/);
    const content = text(head + tail.repeat(700));
    const { files, reader, asked } = memoryFolder(range(20).map((n) => ({ name: `a_${n}.txt`, content })));
    const { proposals } = await proposeSeries(files, reader);
    expect(content.length).toBeGreaterThan(2 * 1024 * 1024);
    expect(proposals[0]?.summary).toMatch(/SWV.*20 files/);
    expect(asked.bytes).toBeLessThan(4 * 1024 * 1024);
  });
});

describe("whatever a folder holds", { timeout: 120_000 }, () => {
  it("names with odd characters survive", async () => {
    const names = [
      "größe 1.txt",
      "größe 2.txt",
      "サンプル_3.txt",
      "a'b\"c_4.txt",
      "50% + x_5.txt",
      "a#[b]_6.txt",
      "…_7.txt",
    ];
    const { proposals } = await proposeFor(names.map((name, n) => ({ name, content: swv(n) })));
    expect(proposals.map(({ files }) => files).reduce((a, b) => a + b)).toBe(names.length);
  });

  it("nothing throws, every pattern matches exactly the files it counts, and no two of one technique share any", async () => {
    const piece = fc.constantFrom(
      "a",
      "swv",
      "_",
      "E1_",
      "Hz",
      "/",
      "1",
      "2",
      "30",
      "007",
      "µ",
      "{",
      "uM",
      " ",
      "É",
    );
    const name = fc.array(piece, { minLength: 1, maxLength: 6 }).map((pieces) => `${pieces.join("")}.txt`);
    const content = fc.oneof(
      fc.constantFrom(
        swv(1),
        swv(2, 200, 3),
        CV,
        text(""),
        text("hello"),
        text("E/V\tI/A\n1\t2\n2\t3\n3\t4\n4\t5\n"),
      ),
      fc.uint8Array({ maxLength: 60 }),
      fc.nat(400).map((length) => swv(3).subarray(0, length)),
    );
    const file = fc.record({ name, content, mtime_ms: fc.nat(2 ** 42) });
    const folder = fc.uniqueArray(file, { selector: ({ name: own }) => own, maxLength: 14 });
    await fc.assert(
      fc.asyncProperty(folder, async (files) => {
        const { proposals, left_out } = await proposeFor(files);
        const patterns = proposals.map(({ filters, technique, files: counted }) => {
          const pattern = parseNamePattern(filters.pattern);
          if ("problem" in pattern) throw new Error(pattern.problem);
          const matched = files.filter((one) => matchName(pattern, one.name) !== null);
          expect(matched).toHaveLength(counted);
          return { pattern, technique, names: matched.map((one) => one.name) };
        });
        for (const [index, one] of patterns.entries()) {
          for (const other of patterns.slice(index + 1)) {
            if (one.technique !== other.technique || !patternsOverlap(one.pattern, other.pattern)) continue;
            expect(one.names.filter((each) => other.names.includes(each))).toEqual([]);
          }
        }
        const told = new Set(patterns.flatMap(({ names }) => names)).size;
        expect(told + left_out.reduce((sum, one) => sum + one.files, 0)).toBe(files.length);
      }),
      { numRuns: 60 },
    );
  });
});
