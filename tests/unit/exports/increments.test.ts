import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { embeddedStore } from "../sessions/embedded-store.ts";
import { type SyntheticFile, type SyntheticLog, syntheticLog } from "./synthetic-log.ts";

const FREQUENCIES_HZ = [15, 200];
const SETTINGS = { reference: { from: 1, to: 1 }, axis: "file-number", seconds_per_file: 30 } as const;

type Arrival = readonly SyntheticFile[];

/**
 * Rounds of two frequencies that arrive in any order, with two electrodes in each file or a file for each; only the
 * first round, the reference, comes first.
 */
function arrivals(series: readonly string[]): fc.Arbitrary<Arrival> {
  const height = fc.oneof(
    { weight: 1, arbitrary: fc.constant(Number.NaN) },
    { weight: 5, arbitrary: fc.nat(50) },
  );
  const heights = fc.array(height, { minLength: 40, maxLength: 40 });
  const shape = fc.record({ rounds: fc.integer({ min: 1, max: 5 }), multiplex: fc.boolean(), heights });
  return shape.chain(({ rounds, multiplex, heights: drawn }) => {
    let taken = 0;
    const next = () => drawn[taken++ % drawn.length] ?? Number.NaN;
    const files = series.flatMap((name) =>
      Array.from({ length: rounds }, (_, index) => index + 1).flatMap((number) =>
        FREQUENCIES_HZ.flatMap((hz) =>
          (multiplex ? [[1], [2]] : [[1, 2]]).map((electrodes) => ({
            name: `${name}E${electrodes.join("")}_${hz}Hz_${number}.txt`,
            number,
            hz,
            heights: new Map(electrodes.map((e) => [e, number === 1 ? 10 + (next() || 0) : next()])),
          })),
        ),
      ),
    );
    const isReference = ({ number }: SyntheticFile) => number === 1;
    const later = files.filter((file) => !isReference(file));
    return fc
      .shuffledSubarray(later, { minLength: 0, maxLength: later.length })
      .map((others) => [...files.filter(isReference), ...others]);
  });
}

/** Where a script fetches: never before the reference is there, then wherever it likes. */
function polled(arrival: Arrival): fc.Arbitrary<number[]> {
  const first = arrival.filter(({ number }) => number === 1).length;
  return fc
    .uniqueArray(fc.integer({ min: first, max: arrival.length }), { maxLength: 6 })
    .map((cuts) => [...new Set([0, ...cuts.sort((a, b) => a - b), arrival.length])]);
}

const scenes = (series: readonly string[]) => withCuts(arrivals(series));

/** As before, and some of the later files are measured again. */
const scenesSentAgain = withCuts(
  fc.tuple(arrivals([""]), fc.array(fc.nat(40), { maxLength: 4 })).map(([arrival, again]) => {
    const later = arrival.filter(({ number }) => number > 1);
    const files = again.flatMap((at) => later[at % Math.max(1, later.length)] ?? []);
    const scaled = (file: SyntheticFile, by: number): SyntheticFile => ({
      ...file,
      heights: new Map([...file.heights].map(([e, height]) => [e, height * by])),
    });
    return [...arrival, ...files.map((file, index) => scaled(file, index + 2))];
  }),
);

function withCuts(drawn: fc.Arbitrary<Arrival>) {
  return drawn.chain((arrival) => polled(arrival).map((cuts) => ({ arrival, cuts })));
}

/** What the script has fetched, one piece after the other. */
async function increments(log: SyntheticLog, format: "csv" | "json" | "sacmes.txt", cuts: readonly number[]) {
  const texts: string[] = [];
  for (const [index, until] of cuts.entries())
    if (index > 0) texts.push(await log.text(format, { since: cuts[index - 1] ?? 0, until }));
  return texts;
}

const linesOf = (text: string) => text.trimEnd().split("\r\n");

/** The last row of every number, by heading. */
function lastRows(texts: readonly string[]): Map<string, Record<string, string>> {
  const found = new Map<string, Record<string, string>>();
  for (const text of texts) {
    const [head = "", ...lines] = linesOf(text);
    const names = head.split(" ");
    for (const line of lines) {
      const cells = line.split(" ");
      found.set(cells[0] ?? "", Object.fromEntries(names.map((name, at) => [name, cells[at] ?? "nan"])));
    }
  }
  return found;
}

describe("what a script fetches from where it last ended", () => {
  const pair = (order: readonly number[]) => {
    const file = (hz: number, number: number) => ({
      name: `${hz}Hz_${number}.txt`,
      number,
      hz,
      heights: new Map([[1, number === 1 ? 10 : hz / 10]]),
    });
    return [file(15, 1), file(200, 1), ...order.map((hz) => file(hz, 2))];
  };

  test.each([
    ["signal-off", [200, 15]],
    ["signal-on", [15, 200]],
  ])("has a pair's ratio and KDM with the file that was logged later: %s", async (_which, order) => {
    const store = await embeddedStore();
    const log = await syntheticLog(store, pair(order), { params: SETTINGS });
    const document = JSON.parse(await log.text("json", { since: 3 }));
    const at = (name: string) => document.rows[0][document.columns.indexOf(name)];
    expect(document.rows).toHaveLength(1);
    expect([at("frequency_hz"), at("ratio"), at("kdm")]).toEqual([order[1], 2 / 0.15, 2 - 0.15 + 1]);
    const whole = JSON.parse(await log.text("json"));
    const kdms = whole.rows.map((row: unknown[]) => row[whole.columns.indexOf("kdm")]);
    expect(kdms).toEqual([null, 1, null, 2 - 0.15 + 1]);
  });

  test("is the whole, put together: the tidy tables, in whatever order files arrive", async () => {
    const store = await embeddedStore();
    await fc.assert(
      fc.asyncProperty(fc.oneof(scenes([""]), scenes(["a", "b"])), async ({ arrival, cuts }) => {
        const log = await syntheticLog(store, arrival, { params: SETTINGS });
        const [[head, ...whole], pieces] = [
          linesOf(await log.text("csv")),
          await increments(log, "csv", cuts),
        ];
        for (const piece of pieces) expect(linesOf(piece)[0]).toBe(head);
        expect(pieces.flatMap((piece) => linesOf(piece).slice(1))).toEqual(whole);
        const rowsOf = (text: string) => JSON.parse(text).rows;
        expect((await increments(log, "json", cuts)).flatMap(rowsOf)).toEqual(rowsOf(await log.text("json")));
      }),
      { numRuns: 40 },
    );
  }, 60_000);

  test("in the SACMES layout has every row again that has become more, so that the last of a number is whole", async () => {
    const store = await embeddedStore();
    await fc.assert(
      fc.asyncProperty(scenesSentAgain, async ({ arrival, cuts }) => {
        const log = await syntheticLog(store, arrival, { params: SETTINGS });
        const whole = lastRows([await log.text("sacmes.txt")]);
        const fetched = lastRows(await increments(log, "sacmes.txt", cuts));
        expect(new Map([...fetched].sort())).toEqual(new Map([...whole].sort()));
      }),
      { numRuns: 40 },
    );
  }, 60_000);
});
