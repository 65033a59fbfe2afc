import { describe, expect, test } from "vitest";
import {
  guessDraft,
  readTableDraft,
  rolesOf,
  shownLines,
  type TableDraft,
} from "../../../web/setup/table-draft.ts";

/** Potential, then difference, forward and reverse of eight electrodes, then the cycle. */
const LINES = [
  ["E/V", ...Array.from({ length: 24 }, (_, i) => `c${i}`), "cycle"].join("\t"),
  ...[0, 1, 2, 3].map((row) =>
    [-0.5 + row / 100, ...Array.from({ length: 24 }, (_, i) => `${i + row}e-7`), 1 + (row >> 1)].join("\t"),
  ),
];
const guessed = guessDraft(new TextEncoder().encode(LINES.map((line) => `${line}\n`).join(""))).draft;
const spaced = (electrodes: string, current: string, spacing: string): TableDraft => ({
  ...guessed,
  layout: "spaced",
  spaced: { electrodes, current, spacing },
});

describe("columns at an even spacing", () => {
  test("are described by their first, their spacing and their number", () => {
    expect(readTableDraft(spaced("8", " 2 ", "3"))).toMatchObject({
      ok: true,
      table: {
        x: { column: 1 },
        currents: { electrodes: 8, current: 2, spacing: 3, forward: null, reverse: null },
        scan_column: 26,
      },
    });
  });

  test("stand above the preview, and the rows are judged by them", () => {
    const draft = spaced("8", "2", "3");
    expect(rolesOf(draft).flatMap((role, index) => (role === "" ? [] : [`${index + 1} ${role}`]))).toEqual([
      "1 x",
      ...[1, 2, 3, 4, 5, 6, 7, 8].map((electrode) => `${3 * electrode - 1} current ${electrode}`),
      "26 scan",
    ]);
    const broken = LINES.map((line, index) =>
      index === 2 ? line.replace("22e-7", "---").replace("23e-7", "--") : line,
    );
    expect(shownLines(broken, draft, 4).map(({ kind }) => kind)).toEqual([
      "header",
      "row",
      "bad",
      "row",
      "row",
    ]);
  });

  test.each([
    ["0", "2", "3", /Electrodes: a whole number/],
    ["8", "x", "3", /First current/],
    ["8", "2", "1.5", /Spacing/],
    ["9", "2", "3", /cannot be both/],
    ["8", "1", "3", /Column 1 cannot be both potential and current of electrode 1/],
  ])(
    "%s electrodes from column %s every %s columns: a problem in words",
    (electrodes, current, spacing, words) => {
      const reading = readTableDraft(spaced(electrodes, current, spacing));
      expect(reading.ok ? "" : reading.problem).toMatch(words);
    },
  );

  test("far too many are no burden for the preview", () => {
    expect(rolesOf(spaced("1e9", "2", "3")).length).toBeLessThan(1_001);
    expect(rolesOf(spaced("", "", ""))).toEqual(expect.arrayContaining(["x", "scan"]));
  });
});
