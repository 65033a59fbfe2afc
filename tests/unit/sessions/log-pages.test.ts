import fc from "fast-check";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { type Entry, entryToBytes } from "../../../server/analysis/entry.ts";
import { resultToBytes } from "../../../server/analysis/version-result.ts";
import { logPart, type PageContent } from "../../../server/sessions/log-page.ts";
import { LogPages, PAGE_ROWS } from "../../../server/sessions/log-pages.ts";
import { PageMemory } from "../../../server/sessions/page-memory.ts";
import { pageFromBytes, pageToBytes } from "../../../server/sessions/prepared-page.ts";
import { logKey } from "../../../server/sessions/session-book.ts";
import type { OpenedStore } from "../../../server/store/open-store.ts";
import { hullRow } from "../../../shared/analysis/result-rows.ts";
import { ResultTable } from "../../../shared/protocol/log-tables.ts";
import { embeddedStore } from "./embedded-store.ts";
import { sessionRecord, TAG } from "./session-record.ts";

const SESSION = sessionRecord();
const KEY = logKey(TAG, SESSION.session_id);
/** Two pages, and half of a third. */
const ROWS = 2 * PAGE_ROWS + PAGE_ROWS / 2;

/** The n-th file: every third has no result at all, every fifth two, every seventh a note. */
function item(n: number) {
  const notes = n % 7 === 0 ? [{ code: "warning", message: `note of ${n} 🔬`, line: n + 1 }] : [];
  const entry: Entry = {
    status: n % 3 === 0 ? "failed" : "analysed",
    size_bytes: n,
    mtime_ms: 1_700_000_000_000 + n,
    received_at_ms: 1_700_000_000_500 + n,
    file_number: n,
    frequency_hz: 15,
    started_at_ms: null,
    format: null,
    encoding: null,
    notes,
  };
  const count = n % 3 === 0 ? 0 : n % 5 === 0 ? 2 : 1;
  const outcome = { kind: "no-peak", reason: "too-few-points", points: 3 } as const;
  const rows = Array.from({ length: count }, (_, index) => {
    return { scan: 0, frequency_hz: 15, electrode: index + 1, ...hullRow(outcome) };
  });
  const results = [{ version: 1, body: resultToBytes({ entry: null, rows: ResultTable.write(rows) }) }];
  return { name: `swv_${n}.txt`, sha256: `${n}`, entry: entryToBytes(entry), results, raw: null };
}

async function filled(store: OpenedStore, count = ROWS): Promise<void> {
  await store.createLog(KEY, "e");
  await store.append(
    KEY,
    null,
    Array.from({ length: count }, (_, n) => item(n)),
  );
}

/** The same part made from rows alone. */
async function fromRows(store: OpenedStore, since: number, limit: number) {
  const page = await store.readLog(KEY, { since, limit, version: 1 });
  if (page === null) throw new Error("no log");
  const { session_id, technique, version } = SESSION;
  return logPart({ session_id, technique, version, since, epoch: page.epoch, head: page.head }, page.rows);
}

function warned(error: unknown): void {
  onTestFinished(() => expect(error).toBeUndefined());
}

/** All bytes as text, so that a view and a copy compare as equal. */
function plain<T extends { entries: unknown; results: unknown }>(part: T) {
  const bytes = (value: unknown) => Buffer.from(value as Uint8Array).toString("hex"); // both are Uint8Array here
  return { ...part, entries: bytes(part.entries), results: bytes(part.results) };
}

describe("a long log", () => {
  it("[R1] reads the same in any cut, from rows, from prepared pages and from memory", async () => {
    const store = await embeddedStore();
    await filled(store);
    const warm = new LogPages(store, warned);
    await fc.assert(
      fc.asyncProperty(fc.nat(ROWS + 10), fc.integer({ min: 1, max: ROWS }), async (since, limit) => {
        const expected = plain(await fromRows(store, since, limit));
        for (const pages of [new LogPages(store, warned), warm])
          expect(plain(await pages.read(TAG, SESSION, { since, limit }))).toEqual(expected);
      }),
      { numRuns: 40 },
    );
  });

  it("prepares a page as soon as it is full, before anybody reads it", async () => {
    const store = await embeddedStore();
    await filled(store, PAGE_ROWS);
    const pages = new LogPages(store, warned);
    pages.noteStored(KEY, { epoch: "e", version: 1, technique: "swv", offset: PAGE_ROWS - 2 });
    pages.noteStored(KEY, { epoch: "e", version: 1, technique: "swv", offset: PAGE_ROWS - 1 });
    const page = { epoch: "e", version: 1, number: 0 };
    const kept = pageFromBytes(await vi.waitUntil(() => store.readPrepared(KEY, page)));
    const { names, notes, entries, results } = await fromRows(store, 0, PAGE_ROWS);
    expect(plain(kept as PageContent)).toEqual(plain({ names, notes, entries, results })); // null fails here
  });

  it("keeps no page in which a result is still to come", async () => {
    const store = await embeddedStore();
    await filled(store, PAGE_ROWS);
    const pages = new LogPages(store, warned);
    await pages.read(TAG, { ...SESSION, version: 2 }, { since: 0, limit: PAGE_ROWS });
    await pages.read(TAG, SESSION, { since: 0, limit: PAGE_ROWS });
    await vi.waitUntil(() => store.readPrepared(KEY, { epoch: "e", version: 1, number: 0 }));
    expect(await store.readPrepared(KEY, { epoch: "e", version: 2, number: 0 })).toBeNull();
  });

  it("[R3] answers another epoch, and a position that this log never reached, with epoch_changed", async () => {
    const store = await embeddedStore();
    await filled(store);
    const pages = new LogPages(store, warned);
    const read = (since: number, epoch: string) => pages.read(TAG, SESSION, { since, limit: 1_000, epoch });
    expect((await read(ROWS, "e")).names).toEqual([]);
    for (const lost of [read(ROWS + 1, "e"), read(0, "another")])
      await expect(lost).rejects.toMatchObject({ code: "epoch_changed", details: { epoch: "e" } });
    await store.rotateEpoch(KEY, "e", "f");
    await expect(read(0, "e")).rejects.toMatchObject({ code: "epoch_changed", details: { epoch: "f" } });
    expect((await read(0, "f")).names).toHaveLength(ROWS);
    await store.deleteLog(KEY);
    await expect(read(0, "f")).rejects.toMatchObject({ code: "session_not_found" });
  });

  it("does not read a page of an older layout", async () => {
    const store = await embeddedStore();
    await filled(store, PAGE_ROWS);
    const empty = { entries: new Uint8Array(), results: new Uint8Array(), notes: [] };
    const bytes = pageToBytes({ names: ["wrong"], ...empty });
    bytes[0] = (bytes[0] ?? 0) ^ 1;
    await store.keepPrepared(KEY, { epoch: "e", version: 1, number: 0 }, bytes);
    const part = await new LogPages(store, warned).read(TAG, SESSION, { since: 0, limit: 1_000 });
    expect(part.names).toHaveLength(PAGE_ROWS);
    expect(pageFromBytes(new Uint8Array(3))).toBeNull();
  });
});

describe("pages in memory", () => {
  const page = (bytes: number): PageContent => ({
    names: [],
    notes: [],
    entries: new Uint8Array(bytes),
    results: new Uint8Array(),
  });

  it("[I11] are those asked for last, and never more than the bound", () => {
    const memory = new PageMemory(1_000);
    const held = (...keys: string[]) => keys.filter((key) => memory.get(key) !== undefined);
    for (const key of ["a", "b", "c"]) memory.put(key, page(300));
    expect(memory.get("a")).toBeDefined();
    memory.put("d", page(300));
    expect(held("a", "b", "c", "d")).toEqual(["a", "c", "d"]);
    memory.put("a", page(600));
    expect(held("a", "c", "d")).toEqual(["a", "d"]);
    memory.put("huge", page(2_000));
    expect(held("a", "d", "huge")).toEqual([]);
  });
});
