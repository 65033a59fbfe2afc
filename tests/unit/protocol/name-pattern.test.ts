import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  matchName,
  type NameFields,
  type NamePattern,
  naturalCompare,
  parseNamePattern,
  patternFromNames,
  patternsOverlap,
} from "../../../shared/protocol/name-pattern.ts";
import { groupNames } from "../../../shared/protocol/name-proposals.ts";
import { hasRealData, listRealFiles } from "../../support/data.ts";

function pattern(text: string): NamePattern {
  const parsed = parseNamePattern(text);
  if ("problem" in parsed) throw new Error(`${text}: ${parsed.problem}`);
  return parsed;
}
const match = (text: string, name: string) => matchName(pattern(text), name);

describe("a name that fits gives its numbers", () => {
  it.each<[string, string, NameFields | null]>([
    ["25uM_PYO_transfer_SWV_{n}.txt", "25uM_PYO_transfer_SWV_12.txt", { n: 12 }],
    ["25uM_PYO_transfer_SWV_{n}.txt", "100uM_PYO_transfer_SWV_12.txt", null],
    ["swv_{n}.txt", "swv_3.txt", { n: 3 }],
    ["swv_{n}.txt", "gc_3.txt", null],
    ["{f}Hz/{*}_10_{n}.txt", "40Hz/40_10_3.txt", { f: 40, n: 3 }],
    ["{f}Hz/{*}_10_{n}.txt", "40Hz/40_0_3.txt", null],
    ["EAB_{f}Hz_{n}.txt", "EAB_200Hz_1.txt", { f: 200, n: 1 }],
    ["E{e}_SWV_{f}Hz_{n}.txt", "E1_SWV_60Hz_12.txt", { e: 1, f: 60, n: 12 }],
    ["Apt{n}.csv", "Apt1.csv", { n: 1 }],
    ["{*}.csv", "Apt1.csv", {}],
  ])("%s, %s", (text, name, fields) => {
    expect(match(text, name)).toEqual(fields);
  });

  it("letter case and the way accents are stored do not count", () => {
    expect(match("EAB_{f}Hz_{n}.TXT", "eab_15hZ_1.txt")).toEqual({ f: 15, n: 1 });
    expect(match("Größe_{n}.txt".normalize("NFC"), "GRÖßE_4.txt".normalize("NFD"))).toEqual({ n: 4 });
    expect(match("ΑΣ{*}{n}", "ασ_1")).toEqual({ n: 1 });
  });

  it("a number is the whole run of digits, never a part of it", () => {
    expect(match("{*}{n}.txt", "a12.txt")).toEqual({ n: 12 });
    expect(match("a{n}{*}", "a12.txt")).toEqual({ n: 12 });
    expect(match("a_{n}.txt", "a_.txt")).toBeNull();
    expect(match("a_{n}.txt", "a_-3.txt")).toBeNull();
    expect(match("a_{n}.txt", "a_٣.txt")).toBeNull();
    expect(match("a_{n}.txt", "a_007.txt")).toEqual({ n: 7 });
  });

  it("a number too large to be exact is still a number", () => {
    expect(match("a{n}", `a${"9".repeat(400)}`)).toEqual({ n: Number.MAX_SAFE_INTEGER });
  });

  it("{*} is anything but a folder's end, also nothing, and as short as it can be", () => {
    expect(match("a{*}b", "ab")).toEqual({});
    expect(match("{*}.txt", "sub/a.txt")).toBeNull();
    expect(match("{*}/{*}.txt", "sub/a.txt")).toEqual({});
    expect(match("{*}", "")).toEqual({});
    expect(match("{*}_{n}_{*}", "a_1_2_3")).toEqual({ n: 1 });
    expect(match("{*}_{n}.txt", "a_1_2_3.txt")).toEqual({ n: 3 });
  });

  it("the whole name must fit, and nothing in it is a special character", () => {
    expect(match("a_{n}.txt", "a_1.txt.bak")).toBeNull();
    expect(match("a_{n}.txt", "aa_1.txt")).toBeNull();
    expect(match("a_{n}.txt", "a_1xtxt")).toBeNull();
    expect(match("CHRONO_#1_#{n}.DTA", "CHRONO_#1_#16.DTA")).toEqual({ n: 16 });
    expect(match("cv (a+b)*[{n}].txt", "cv (a+b)*[2].txt")).toEqual({ n: 2 });
  });
});

describe("a pattern that cannot work is refused, and the message says what is wrong", () => {
  it.each([
    ["", /empty/],
    ["a{x}", /\{x\} is not a field. Allowed are text and the fields \{n\}/],
    ["a{N}b{ n }", /\{ n \} is not a field/],
    ["a{n", /brace/],
    ["a}b", /brace/],
    ["{{n}}", /brace/],
    ["{n}{f}", /\{n\}\{f\}.*between/],
    ["{*}{*}", /\{\*\}\{\*\}/],
    ["a1{n}", /digit 1 touches \{n\}/],
    ["{n}2.txt", /digit 2 touches \{n\}/],
    ["{n}_{n}", /\{n\} occurs twice/],
    ["../{n}.txt", /\.\./],
    ["a/./{n}", /"\."/],
    ["a//{n}", /empty folder/],
    ["a/", /empty folder/],
    ["/data/{n}.txt", /absolute/],
    ["C:/data/{n}.txt", /absolute/],
    ["C:{n}.txt", /absolute/],
    ["data\\{n}.txt", /backslash/],
    ["a\u0007{n}", /control/],
    ["a\n{n}", /control/],
    ["a{*}b{*}c{*}d{*}e{*}f{*}g{*}h{*}i{*}j", /9 fields; at most 8/],
    ["x".repeat(201), /201 characters; at most 200/],
  ])("%j", (text, reason) => {
    const parsed = parseNamePattern(text);
    expect("problem" in parsed && parsed.problem).toMatch(reason);
  });

  it("fields may stand beside {*}, and letters may be upper case", () => {
    expect(match("{*}{N}{*}", "a5b")).toEqual({ n: 5 });
  });
});

/** Tokens as written in a pattern; kept valid by construction. */
const word = fc.constantFrom("a", "b", "ab", "_", "-", "Hz", ".txt", "/", "x/", "E", "#");
const tokens = fc
  .tuple(
    fc.shuffledSubarray(["{n}", "{f}", "{e}"]),
    fc.array(fc.oneof(word, fc.constant("{*}")), { minLength: 1, maxLength: 5 }),
    fc.infiniteStream(fc.nat(5)),
  )
  .map(([fields, parts, places]) => {
    const all: string[] = [...parts];
    for (const field of fields) all.splice(Number(places.next().value) % (all.length + 1), 0, field);
    return all;
  })
  .filter((all) => !("problem" in parseNamePattern(all.join(""))));

/** The same rules as a regular expression: slow on hostile names, but independent of the matcher. */
function asRegExp(parts: readonly string[]): RegExp {
  const source = parts.map((part) => {
    if (part === "{*}") return "[^/]*?";
    if (part.startsWith("{")) return `(?<![0-9])(?<${part[1]}>[0-9]+)(?![0-9])`;
    return part.replace(/[.*+?^${}()|[\]\\#-]/g, "\\$&");
  });
  return new RegExp(`^${source.join("")}$`, "i");
}

describe("matching", { timeout: 60_000 }, () => {
  it("finds in every name that a template makes the numbers it was made with", () => {
    const filler = fc.stringMatching(/^[ .,~µßX]{1,5}$/);
    fc.assert(
      fc.property(
        tokens,
        fc.infiniteStream(fc.nat(99_999)),
        fc.infiniteStream(filler),
        (parts, numbers, fillers) => {
          const fields: Record<string, number> = {};
          const name = parts.map((part) => {
            if (part === "{*}") return String(fillers.next().value);
            if (!part.startsWith("{")) return part;
            const value = Number(numbers.next().value);
            fields[part[1] ?? ""] = value;
            return String(value);
          });
          expect(match(parts.join(""), name.join("").toUpperCase())).toEqual(fields);
        },
      ),
      { numRuns: 800 },
    );
  });

  it("agrees with the same rules as a regular expression on any name", () => {
    const name = fc.array(
      fc.constantFrom("a", "b", "_", "-", "hz", ".txt", "/", "x", "E", "#", "1", "20", ""),
      { maxLength: 9 },
    );
    fc.assert(
      fc.property(tokens, name, (parts, pieces) => {
        const found = asRegExp(parts).exec(pieces.join(""));
        const fields =
          found &&
          Object.fromEntries(Object.entries(found.groups ?? {}).map(([key, run]) => [key, Number(run)]));
        expect(match(parts.join(""), pieces.join(""))).toEqual(fields);
      }),
      { numRuns: 2500 },
    );
  });

  it("stays linear on names made to make a matcher try again and again", () => {
    const hostile = pattern("{*}a{*}a{*}a{*}a{*}a{*}a{*}a{*}b");
    const name = "a".repeat(200_000);
    const started = performance.now();
    expect(matchName(hostile, name)).toBeNull();
    expect(matchName(pattern("{*}1a{*}"), "1".repeat(200_000))).toBeNull();
    expect(matchName(pattern("{*}a{n}b"), "a1".repeat(100_000))).toBeNull();
    expect(performance.now() - started).toBeLessThan(1000);
  });
});

describe("two patterns overlap when one name can match both", { timeout: 60_000 }, () => {
  it.each([
    ["swv_{n}.txt", "gc_{n}.txt", false],
    ["swv_{n}.txt", "SWV_{n}.TXT", true],
    ["swv_{n}.txt", "swv_12.txt", true],
    ["swv_{n}.txt", "swv_{*}.txt", true],
    ["swv_{n}.txt", "swv_{*}a.txt", false],
    ["25uM_{n}.txt", "{n}uM_1.txt", true],
    ["25uM_{n}.txt", "100uM_{n}.txt", false],
    ["{f}Hz/{*}_10_{n}.txt", "{f}Hz/{*}_0_{n}.txt", false],
    ["{f}Hz/{*}_{n}.txt", "{*}/40_10_3.txt", true],
    ["{*}.txt", "{*}/{*}.txt", false],
    ["{*}{n}", "{n}{*}", true],
    ["a{n}{*}", "a{*}1b", true],
    ["a{n}b", "a{*}b", true],
    ["{*}a", "{*}b", false],
    ["{n}", "{*}x{*}", false],
  ])("%s, %s: %s", (a, b, overlap) => {
    expect(patternsOverlap(pattern(a), pattern(b))).toBe(overlap);
    expect(patternsOverlap(pattern(b), pattern(a))).toBe(overlap);
  });

  it("as trying every short name shows", () => {
    const letters = ["a", "1", "2", "/"];
    let names = [""];
    const all = [""];
    for (let length = 1; length <= 5; length++) {
      names = names.flatMap((name) => letters.map((letter) => name + letter));
      all.push(...names);
    }
    const piece = fc.constantFrom("a", "1", "2", "/", "{n}", "{f}", "{*}");
    const small = fc
      .array(piece, { minLength: 1, maxLength: 5 })
      // With at most two fixed places in each, a shared name needs no more than five letters.
      .filter((parts) => parts.filter((part) => part !== "{*}").length <= 2)
      .map((parts) => parts.join(""))
      .filter((text) => !("problem" in parseNamePattern(text)));
    const matching = new Map<string, Set<string>>();
    const namesOf = (text: string): Set<string> => {
      const known = matching.get(text) ?? new Set(all.filter((name) => match(text, name) !== null));
      matching.set(text, known);
      return known;
    };
    fc.assert(
      fc.property(small, small, (a, b) => {
        const shared = [...namesOf(a)].some((name) => namesOf(b).has(name));
        expect(patternsOverlap(pattern(a), pattern(b))).toBe(shared);
      }),
      { numRuns: 250 },
    );
  });

  it("also for the longest patterns, in no time", () => {
    const long = (letter: string) => pattern(`{*}${`${letter.repeat(20)}{*}`.repeat(7)}${letter}`);
    const started = performance.now();
    expect(patternsOverlap(long("a"), long("b"))).toBe(false);
    expect(patternsOverlap(long("a"), long("a"))).toBe(true);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});

const range = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, i) => first + i);
const proposals = (names: readonly string[]) =>
  patternFromNames(names).map(({ pattern, count }) => [pattern, count]);

describe("a listing is grouped into its series", { timeout: 60_000 }, () => {
  it("two concentrations, each a series of its own", () => {
    const names = [25, 100].flatMap((c) => range(1, 50).map((n) => `${c}uM_PYO_transfer_SWV_${n}.txt`));
    expect(proposals(names)).toEqual([
      ["25uM_PYO_transfer_SWV_{n}.txt", 50],
      ["100uM_PYO_transfer_SWV_{n}.txt", 50],
    ]);
  });

  it("two techniques in turn", () => {
    const names = range(1, 20).flatMap((n) => [`swv_${n}.txt`, `gc_${n}.txt`]);
    expect(proposals(names)).toEqual([
      ["gc_{n}.txt", 20],
      ["swv_{n}.txt", 20],
    ]);
  });

  it("frequencies before Hz, in the name", () => {
    const names = [15, 200].flatMap((f) => range(1, 9).map((n) => `EAB_${f}Hz_${n}.txt`));
    expect(proposals(names)).toEqual([["EAB_{f}Hz_{n}.txt", 18]]);
  });

  it("frequencies before Hz, as folders, and again at the start of the name", () => {
    const names = range(3, 10).flatMap((f) =>
      [0, 10].flatMap((c) => range(0, 4).map((n) => `${10 * f}Hz/${10 * f}_${c}_${n}.txt`)),
    );
    expect(proposals(names)).toEqual([["{f}Hz/{*}_{*}_{n}.txt", 80]]);
  });

  it("electrodes in front, one file each", () => {
    const names = range(1, 4).flatMap((e) =>
      [60, 200].flatMap((f) => range(1, 5).map((n) => `E${e}_SWV_${f}Hz_${n}.txt`)),
    );
    expect(proposals(names)).toEqual([["E{e}_SWV_{f}Hz_{n}.txt", 40]]);
    expect(proposals(names.map((name) => `day 2/${name}`))).toEqual([["day 2/E{e}_SWV_{f}Hz_{n}.txt", 40]]);
  });

  it.each([
    ["swv_e{}_", "swv_e{e}_{n}.txt"],
    ["swv_ch{}_", "swv_ch{e}_{n}.txt"],
    ["WE{}_swv_", "WE{e}_swv_{n}.txt"],
    ["apt electrode{} ", "apt electrode{e} {n}.txt"],
    ["S_f{}_", "S_f{f}_{n}.txt"],
    ["S_freq{}_", "S_freq{f}_{n}.txt"],
  ])("electrodes and frequencies by the word before them: %s", (start, pattern) => {
    const names = [1, 2].flatMap((value) =>
      range(1, 9).map((n) => `${start.replace("{}", `${value}`)}${n}.txt`),
    );
    expect(proposals(names)).toEqual([[pattern, 18]]);
  });

  it("but not where the same word counts the files, or ends another word", () => {
    expect(proposals(range(1, 20).map((n) => `f${n}.txt`))).toEqual([["f{n}.txt", 20]]);
    expect(proposals(range(1, 40).map((n) => `run_e${n}_1.txt`))).toEqual([["run_e{n}_1.txt", 40]]);
    expect(proposals([1, 2].flatMap((c) => range(1, 9).map((n) => `core${c}_${n}.txt`)))).toEqual([
      ["core1_{n}.txt", 9],
      ["core2_{n}.txt", 9],
    ]);
  });

  it("numbers that do not vary stay text", () => {
    expect(proposals(["Apt1.csv", "Apt3.csv"])).toEqual([["Apt{n}.csv", 2]]);
    expect(proposals(["25uM_SWV.txt"])).toEqual([["25uM_SWV.txt", 1]]);
  });

  it("but for frequency and electrode, which also tell something where they do not vary", () => {
    expect(proposals(["E3_60Hz_1.txt", "E3_60Hz_2.txt"])).toEqual([["E{e}_{f}Hz_{n}.txt", 2]]);
    expect(proposals(["E1_60Hz.txt", "E1_80Hz.txt"])).toEqual([["E{e}_{f}Hz.txt", 2]]);
    expect(proposals(["a_15 Hz_1.txt", "a_15 Hz_2.txt"])).toEqual([["a_{f} Hz_{n}.txt", 2]]);
    expect(proposals(["a_2.5Hz_1.txt", "a_2.5Hz_2.txt"])).toEqual([["a_2.5Hz_{n}.txt", 2]]);
  });

  it.each<[string, string]>([
    ["{h}{f}Hz_{n}.txt", "Apt_15Hz_1.txt"],
    ["{h}{f}Hz__{n}.txt", "Apt_15Hz__1.txt"],
    ["{h}{f}Hz_#{n}.txt", "Apt_15Hz_#1.txt"],
    ["{h}{f}Hz__#{n}.DTA", "Apt_15Hz__#1.DTA"],
    ["E{e}_{h}{f}Hz_{n}.txt", "E2_Apt_15Hz_1.txt"],
    ["E{e}_{h}{f}Hz__#{n}.csv", "E2_Apt_15Hz__#1.csv"],
    ["{h}{f}Hz.txt", "Apt_15Hz.txt"],
    ["{h}{f}Hz_.txt", "Apt_15Hz_.txt"],
    ["E{e}_{h}{f}Hz.txt", "E2_Apt_15Hz.txt"],
    ["{h}{n}.txt", "Apt_1.txt"],
    ["{h}_{n}.txt", "Apt__1.txt"],
    ["E{e}_{h}_{n}.txt", "E2_Apt__1.txt"],
    ["{h}#{n}.txt", "Apt_#1.txt"],
    ["{h}{n}.txt", "Apt_12.txt"],
  ])("a name of the desktop program's form %s", (form, name) => {
    expect(proposals([name])).toEqual([[form.replace("{h}", "Apt_"), 1]]);
  });

  it("levels of a count are one series, whatever their depth; conditions at letters are series of their own", () => {
    const names = [1, 2, 3].flatMap((m) => range(1, 4).map((n) => `A_25uM_SWVfast_${m}_${n}.txt`));
    expect(proposals(names)).toEqual([["A_25uM_SWVfast_{*}_{n}.txt", 12]]);
  });

  it("a clock in the name is no series", () => {
    const names = range(1, 30).map((n) => `swv_20230928_${142_000 + 13 * n}_${n}.txt`);
    expect(proposals(names)).toEqual([["swv_20230928_{*}_{n}.txt", 30]]);
  });

  it("names in any letter case, listed in natural order, the largest series first", () => {
    const found = patternFromNames(["b_1.txt", "A_10.txt", "a_9.txt", "A_2.TXT"]);
    expect(found.map(({ names }) => names)).toEqual([["A_2.TXT", "a_9.txt", "A_10.txt"], ["b_1.txt"]]);
  });

  it("names that no pattern can hold are left out", () => {
    expect(proposals(["a{1}.txt", "a\\1.txt", `${"x".repeat(250)}.txt`, "b_1.txt"])).toEqual([
      ["b_{n}.txt", 1],
    ]);
  });

  it("the first files of a series already propose the pattern of those to come", () => {
    expect(proposals(["swv_1.txt", "gc_1.txt"])).toEqual([
      ["gc_{n}.txt", 1],
      ["swv_{n}.txt", 1],
    ]);
    expect(proposals(["EAB_15Hz_1.txt", "EAB_200Hz_1.txt"])).toEqual([["EAB_{f}Hz_{n}.txt", 2]]);
    expect(proposals(["EAB_15Hz.txt", "EAB_200Hz.txt"])).toEqual([["EAB_{f}Hz.txt", 2]]);
  });

  it("more varying numbers than a pattern has fields still make one", () => {
    const names = range(1, 10).map((n) => `${Array.from({ length: 12 }, () => n).join("_")}.txt`);
    const [found] = patternFromNames(names);
    expect(found?.count).toBe(10);
    for (const name of names)
      expect(match(found?.pattern ?? "", name)).toMatchObject({ n: Number.parseInt(name, 10) });
  });

  it("every name is matched by the pattern of its group, and every group's pattern is valid", () => {
    const piece = fc.constantFrom("a", "_", "E", "hz_", "/", "1", "2", "30", "007", ".txt", "uM", "Hz");
    const name = fc.array(piece, { minLength: 1, maxLength: 7 }).map((pieces) => `${pieces.join("")}.csv`);
    fc.assert(
      fc.property(fc.uniqueArray(name, { maxLength: 30 }), (names) => {
        const found = patternFromNames(names);
        for (const one of found)
          for (const each of one.names) expect(match(one.pattern, each), one.pattern).not.toBeNull();
        const grouped = found.flatMap((one) => one.names);
        expect(new Set(grouped).size).toBe(grouped.length);
        const usable = names.filter((each) => !("problem" in parseNamePattern(each)));
        expect(new Set(grouped)).toEqual(new Set(usable));
      }),
      { numRuns: 200 },
    );
  });

  it("ten thousand names are grouped in steps between which others have their turn", () => {
    const names = range(1, 10_000).map((n) => `run 3/E${n % 8}_${n % 3}uM_${n % 2 ? 15 : 200}Hz_${n}.txt`);
    const groups = groupNames(names);
    let steps = 0;
    let step = groups.next();
    for (; step.done !== true; step = groups.next()) steps++;
    expect(steps).toBeGreaterThan(20);
    expect(step.value).toEqual(patternFromNames(names));
    expect(step.value.reduce((sum, { count }) => sum + count, 0)).toBe(10_000);
  });

  it.runIf(hasRealData())("real folders", () => {
    const under = (folder: string) => listRealFiles(folder).map((name) => name.slice(folder.length + 1));
    expect(proposals(under("chi-swv-frequency-scan").filter((name) => name.endsWith(".txt")))).toEqual([
      ["{f}Hz/{*}_{*}_{n}.txt", 80],
    ]);
    expect(proposals(under("chi-swv-single-electrode"))).toEqual([
      ["Pbp{n}.csv", 4],
      ["Apt{n}.csv", 2],
    ]);
    expect(proposals(under("chi-swv-two-frequency"))).toEqual([
      ["{n}uM_PYO_soak_SWV.txt", 3],
      ["{n}uM_PYO_soak_SWVfast.txt", 3],
    ]);
  });
});

describe("natural order", { timeout: 60_000 }, () => {
  it("counts as people do", () => {
    const sorted = [
      "40Hz/a.txt",
      "100Hz/a.txt",
      "gc_2.txt",
      "swv_1.txt",
      "swv_2.txt",
      "SWV_3.txt",
      "swv_10.txt",
      "swv_10b.txt",
    ];
    expect([...sorted].reverse().sort(naturalCompare)).toEqual(sorted);
  });

  it("is an order: total, without contradictions, and equal only for equal names", () => {
    const name = fc
      .array(fc.constantFrom("a", "A", "_", "/", "1", "01", "10", "9", "é"), { maxLength: 5 })
      .map((all) => all.join(""));
    fc.assert(
      fc.property(name, name, name, (a, b, c) => {
        expect(Math.sign(naturalCompare(a, b)) + Math.sign(naturalCompare(b, a))).toBe(0);
        expect(naturalCompare(a, b) === 0).toBe(a === b);
        if (naturalCompare(a, b) <= 0 && naturalCompare(b, c) <= 0)
          expect(naturalCompare(a, c)).toBeLessThanOrEqual(0);
      }),
      { numRuns: 1500 },
    );
  });
});
