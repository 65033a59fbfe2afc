import { describe, expect, test } from "vitest";
import type { WrittenContent } from "../support/instrument.ts";
import { checkHistory } from "./checker.ts";
import type { AckSeen, History, StoredRow, ViewSeen } from "./history.ts";

const EPOCH = "epoch-1";

function content(letter: string, finishedMs: number | null = 100): WrittenContent {
  return { sha256: letter.repeat(64), size: letter.charCodeAt(0), mtime_ms: 1, finishedMs };
}

function rows(...names: readonly string[]): StoredRow[] {
  const revisions = new Map<string, number>();
  return names.map((text, offset) => {
    const [name = "", letter = ""] = text.split(":");
    const revision = (revisions.get(name) ?? 0) + 1;
    revisions.set(name, revision);
    return { offset, name, sha256: letter.repeat(64), rawSha256: letter.repeat(64), revision };
  });
}

function view(log: readonly StoredRow[], atMs = 150): ViewSeen {
  const shown = log.map(({ offset, name, sha256, revision }) => ({
    offset,
    name,
    revision,
    epoch: EPOCH,
    size: sha256.charCodeAt(0),
    mtime_ms: 1,
    atMs,
  }));
  return { viewer: "viewer", shown, faults: [], restarts: 0 };
}

const WRITTEN = new Map([
  ["x", [content("a"), content("b"), content("a")]],
  ["y", [content("c", null), content("d")]],
]);
const LOG = rows("x:a", "y:d", "x:b", "x:a");

function history(change: Partial<History> & { log?: History["log"] } = {}): History {
  const log = change.log ?? { epoch: EPOCH, rows: LOG };
  const acks = log.rows.map((row): AckSeen => ({ ...row, epoch: EPOCH }));
  return { written: WRITTEN, acks, log, viewers: [view(log.rows)], ...change };
}

const withRows = (...names: readonly string[]) => history({ log: { epoch: EPOCH, rows: rows(...names) } });

describe("the judge of a history", () => {
  test("finds nothing wrong where every content is there once, in its order", () => {
    expect(checkHistory(history())).toEqual({
      written: 4,
      acked: 4,
      lost: 0,
      duplicated: 0,
      stalenessMs: 50,
      violations: [],
    });
  });

  test("takes a file that was quiet while it grew, and one that changed too fast to be seen", () => {
    expect(checkHistory(withRows("y:c", "y:d", "x:a")).violations).toEqual([]);
  });

  test.each([
    ["a name that is not there", withRows("x:a", "x:b", "x:a"), { lost: 1, duplicated: 0 }],
    ["an old content at the end", withRows("x:a", "y:d", "x:b"), { lost: 1, duplicated: 0 }],
    ["a content twice", withRows("x:a", "y:d", "x:b", "x:a", "y:d"), { lost: 0, duplicated: 1 }],
    ["a content out of order", withRows("x:b", "x:a", "x:b", "x:a", "y:d"), { duplicated: 2 }],
    ["a content that nobody wrote", withRows("x:e", "x:a", "y:d"), { duplicated: 1 }],
  ])("[I1] finds %s", (_what, seen, counts) => {
    const verdict = checkHistory(seen);
    expect(verdict).toMatchObject(counts);
    expect(verdict.violations).toContainEqual(expect.stringContaining("[I1]"));
  });

  test.each<[string, string, Partial<History>]>([
    [
      "a hole",
      "[I2]",
      { log: { epoch: EPOCH, rows: LOG.map((row) => ({ ...row, offset: row.offset + 1 })) } },
    ],
    [
      "a wrong revision",
      "[I2]",
      { log: { epoch: EPOCH, rows: LOG.map((row) => ({ ...row, revision: 1 })) } },
    ],
    [
      "an acknowledged file that is gone",
      "[I3]",
      { acks: [{ ...LOG[0], offset: 9, epoch: EPOCH } as AckSeen] },
    ],
    ["an epoch that changed", "[I3]", { log: { epoch: "epoch-2", rows: LOG } }],
    [
      "bytes that are not the file",
      "[I8]",
      { log: { epoch: EPOCH, rows: LOG.map((row) => ({ ...row, rawSha256: null })) } },
    ],
    ["a viewer that lacks an entry", "[I5]", { viewers: [view(LOG.slice(1))] }],
    [
      "a viewer that showed what is not stored",
      "[R2]",
      { viewers: [view(rows("x:a", "y:d", "x:b", "z:a"))] },
    ],
    [
      "a viewer that showed a gap",
      "[R3]",
      { viewers: [{ ...view(LOG), faults: ["shows entry 3 in place 2"] }] },
    ],
    ["a viewer that began anew", "[R3]", { viewers: [{ ...view(LOG), restarts: 1 }] }],
  ])("finds %s", (_what, rule, change) => {
    expect(checkHistory(history(change)).violations).toContainEqual(expect.stringContaining(rule));
  });

  test("after a store was emptied, earlier epochs prove nothing, and the rest still does", () => {
    const acks = [{ ...LOG[0], epoch: "epoch-0", offset: 77 } as AckSeen];
    expect(checkHistory(history({ acks }), { epochMayChange: true }).violations).toEqual([]);
    expect(checkHistory(withRows("x:a"), { epochMayChange: true }).lost).toBe(1);
  });
});
