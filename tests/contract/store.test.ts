import { randomBytes } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { OpenedStore } from "../../server/store/open-store.ts";
import type { LogKey } from "../../server/store/port.ts";
import { AWKWARD_NAMES, bytesOf, file, outcomesOf, type Place, STORES } from "./stores.ts";

const LOG: LogKey = "user/session";
const EVERYTHING = { since: 0, limit: 10_000, version: 1 };
describe.each(STORES)("$kind store", ({ start, stop, place: newPlace }) => {
  let place: Place;
  let store: OpenedStore;

  beforeAll(start);
  afterAll(stop);
  beforeEach(async () => {
    place = await newPlace();
    store = await place.open();
  });
  afterEach(() => place.remove());

  describe("logs", () => {
    beforeEach(() => store.createLog(LOG, "epoch-1"));

    it("starts empty, and creating it again leaves it as it is", async () => {
      expect(await store.readLog(LOG, EVERYTHING)).toEqual({ epoch: "epoch-1", head: 0, rows: [] });
      await store.append(LOG, null, [file("a", "A")]);
      await store.createLog(LOG, "epoch-2");
      expect(await store.heads([LOG])).toEqual([{ epoch: "epoch-1", head: 1 }]);
    });

    it("numbers rows from 0 and gives each back whole", async () => {
      const reply = await store.append(LOG, null, [file("a", "A"), file("b", "B")]);
      expect(reply).toEqual({
        kind: "done",
        epoch: "epoch-1",
        outcomes: [
          { kind: "stored", offset: 0, revision: 1, same_content_as: null },
          { kind: "stored", offset: 1, revision: 1, same_content_as: null },
        ],
      });
      const page = await store.readLog(LOG, EVERYTHING);
      expect(page?.head).toBe(2);
      expect(page?.rows.map(plain)).toEqual([
        {
          offset: 0,
          name: "a",
          sha256: file("a", "A").sha256,
          revision: 1,
          same_content_as: null,
          entry: "entry of a",
          result: "A",
        },
        {
          offset: 1,
          name: "b",
          sha256: file("b", "B").sha256,
          revision: 1,
          same_content_as: null,
          entry: "entry of b",
          result: "B",
        },
      ]);
    });

    it("leaves no hole under 200 concurrent appends of several callers", async () => {
      await place.remove();
      place = await newPlace();
      const callers = await place.openForCallers(4);
      const [first] = callers;
      await first?.createLog(LOG, "e");
      const replies = await Promise.all(
        Array.from({ length: 200 }, async (_, n) => {
          const caller = callers[n % callers.length] as OpenedStore; // n % length is inside
          return outcomesOf(
            await caller.append(LOG, null, [file(`f${n}`, `content ${n}`), file(`f${n}`, "")]),
          );
        }),
      );
      const offsets = replies.flat().map(({ offset }) => offset);
      expect(offsets.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 400 }, (_, n) => n));
      const page = await first?.readLog(LOG, EVERYTHING);
      expect(page?.rows.map(({ offset }) => offset)).toEqual(Array.from({ length: 400 }, (_, n) => n));
      for (const [n, outcomes] of replies.entries()) {
        expect(outcomes.map(({ offset }) => page?.rows[offset]?.name)).toEqual([`f${n}`, `f${n}`]);
        // One batch is one step: nobody else's row is between its own.
        expect(outcomes[1]?.offset).toBe((outcomes[0]?.offset ?? 0) + 1);
      }
    });

    it("stores A → B → A as three revisions, and only an unchanged file as a duplicate", async () => {
      const outcomes = [];
      for (const content of ["A", "A", "B", "A", "A"]) {
        outcomes.push(...outcomesOf(await store.append(LOG, null, [file("x", content)])));
      }
      expect(outcomes).toEqual([
        { kind: "stored", offset: 0, revision: 1, same_content_as: null },
        { kind: "duplicate", offset: 0, revision: 1 },
        { kind: "stored", offset: 1, revision: 2, same_content_as: null },
        { kind: "stored", offset: 2, revision: 3, same_content_as: null },
        { kind: "duplicate", offset: 2, revision: 3 },
      ]);
    });

    it("lets the items of one batch see each other's names and contents", async () => {
      const reply = await store.append(LOG, null, [
        file("x", "A"),
        file("x", "A"),
        file("x", "B"),
        file("y", "A"),
      ]);
      expect(outcomesOf(reply)).toEqual([
        { kind: "stored", offset: 0, revision: 1, same_content_as: null },
        { kind: "duplicate", offset: 0, revision: 1 },
        { kind: "stored", offset: 1, revision: 2, same_content_as: null },
        { kind: "stored", offset: 2, revision: 1, same_content_as: 0 },
      ]);
    });

    it("names the newest row of another name with the same content", async () => {
      const steps = [
        ["p", "X", null],
        ["q", "X", 0],
        ["q", "Y", null],
        // The newest X is q's own: p's counts.
        ["q", "X", 0],
        ["p", "Z", null],
        ["p", "X", 3],
        ["r", "X", 5],
        ["p", "Y", 2],
        ["p", "X", 6],
      ] as const;
      for (const [name, content, expected] of steps) {
        const [outcome] = outcomesOf(await store.append(LOG, null, [file(name, content)]));
        expect(outcome).toMatchObject({ kind: "stored", same_content_as: expected });
      }
      const page = await store.readLog(LOG, EVERYTHING);
      expect(page?.rows.map((row) => row.same_content_as)).toEqual(steps.map(([, , expected]) => expected));
    });

    it("writes nothing for a writer whose fence fell", async () => {
      const fence = { collection: "owners", key: "o", value: "nonce 1" };
      expect(await store.append(LOG, fence, [file("a", "A")])).toEqual({ kind: "fenced", fence: 0 });
      await store.compareAndSet([{ ...fence, expected: null, next: "nonce 1" }]);
      expect(outcomesOf(await store.append(LOG, fence, [file("a", "A")]))).toHaveLength(1);
      await store.compareAndSet([{ ...fence, expected: "nonce 1", next: "nonce 2" }]);
      expect(await store.append(LOG, fence, [file("b", "B"), file("a", "C")])).toEqual({
        kind: "fenced",
        fence: 0,
      });
      expect(await store.heads([LOG])).toEqual([{ epoch: "epoch-1", head: 1 }]);
      expect(await store.latestOf(LOG, ["a", "b"])).toEqual([
        { offset: 0, sha256: file("a", "A").sha256 },
        null,
      ]);
    });

    it("writes only while all of several fences stand, and names the one that fell", async () => {
      const [owner, session] = ["owner", "session"].map((key) => ({ collection: "c", key, value: "now" }));
      const fences = [owner, session].flatMap((fence) => fence ?? []);
      for (const fence of fences)
        await store.compareAndSet([{ ...fence, expected: null, next: fence.value }]);
      expect(outcomesOf(await store.append(LOG, fences, [file("a", "A")]))).toHaveLength(1);
      await store.compareAndSet([{ collection: "c", key: "session", expected: "now", next: "later" }]);
      expect(await store.append(LOG, fences, [file("b", "B")])).toEqual({ kind: "fenced", fence: 1 });
      expect((await store.readLog(LOG, EVERYTHING))?.head).toBe(1);
    });

    it("changes a fence's record in the step that stores a file, and only then", async () => {
      const fence = { collection: "c", key: "session", value: "open", next: "chosen" };
      expect(await store.append(LOG, fence, [file("a", "A")])).toEqual({ kind: "fenced", fence: 0 });
      await store.compareAndSet([{ ...fence, expected: null, next: "open" }]);
      await store.append(LOG, null, [file("a", "A")]);
      expect(outcomesOf(await store.append(LOG, fence, [file("a", "A")]))).toMatchObject([
        { kind: "duplicate" },
      ]);
      expect(await store.getRecord("c", "session")).toBe("open");
      expect(outcomesOf(await store.append(LOG, fence, [file("a", "A"), file("b", "B")]))).toHaveLength(2);
      expect(await store.getRecord("c", "session")).toBe("chosen");
      expect(await store.append(LOG, fence, [file("c", "C")])).toEqual({ kind: "fenced", fence: 0 });
      expect((await store.readLog(LOG, EVERYTHING))?.head).toBe(2);
    });

    it("takes results of another version for rows that are there, and for no others", async () => {
      await store.append(LOG, null, [file("a", "A"), file("b", "B")]);
      const results = [0, 1, 2].map((offset) => ({ offset, body: bytesOf(`second ${offset}`) }));
      expect(await store.putResults(LOG, null, { epoch: "epoch-1", version: 2, results })).toBe("done");
      const replaced = [{ offset: 1, body: bytesOf("third") }];
      await store.putResults(LOG, null, { epoch: "epoch-1", version: 2, results: replaced });
      await store.append(LOG, null, [file("c", "C")]);
      const second = await store.readLog(LOG, { ...EVERYTHING, version: 2 });
      expect(second?.rows.map(plain).map(({ result }) => result)).toEqual(["second 0", "third", null]);
      const first = await store.readLog(LOG, EVERYTHING);
      expect(first?.rows.map(plain).map(({ result }) => result)).toEqual(["A", "B", "C"]);
    });

    it("takes no results behind a fallen fence, for another epoch, or where there is no log", async () => {
      await store.append(LOG, null, [file("a", "A")]);
      const batch = { epoch: "epoch-1", version: 2, results: [{ offset: 0, body: bytesOf("late") }] };
      const fence = { collection: "c", key: "task", value: "mine" };
      expect(await store.putResults(LOG, fence, batch)).toBe("fenced");
      expect(await store.putResults(LOG, null, { ...batch, epoch: "epoch-0" })).toBe("other-epoch");
      expect(await store.putResults("user/other", null, batch)).toBe("no-log");
      const page = await store.readLog(LOG, { ...EVERYTHING, version: 2 });
      expect(page?.rows[0]?.result).toBeNull();
    });

    it("lets go of the results of all versions but those that are kept, however many there are", async () => {
      const names = Array.from({ length: 700 }, (_, n) => `f${n}`);
      const results = [1, 2, 3].map((version) => ({ version, body: bytesOf(`v${version}`) }));
      await store.append(
        LOG,
        null,
        names.map((name) => file(name, name, { results })),
      );
      await store.keepVersions(LOG, [1, 3]);
      for (const [version, kept] of [
        [1, 700],
        [2, 0],
        [3, 700],
      ] as const) {
        const page = await store.readLog(LOG, { ...EVERYTHING, version });
        expect(page?.rows.filter(({ result }) => result !== null)).toHaveLength(kept);
      }
      await store.keepVersions("user/other", [1]);
    });

    it("answers no-log where there is none, also behind a fallen fence", async () => {
      const nowhere: LogKey = "user/other";
      expect(await store.append(nowhere, null, [file("a", "A")])).toEqual({ kind: "no-log" });
      const fence = { collection: "owners", key: "o", value: "nobody" };
      expect(await store.append(nowhere, fence, [file("a", "A")])).toEqual({ kind: "no-log" });
      expect(await store.readLog(nowhere, EVERYTHING)).toBeNull();
      expect(await store.latestOf(nowhere, ["a", "b"])).toEqual([null, null]);
      expect(await store.readRaw(nowhere, 0)).toBeNull();
    });

    it("takes an empty batch", async () => {
      expect(await store.append(LOG, null, [])).toEqual({ kind: "done", epoch: "epoch-1", outcomes: [] });
    });

    it("forgets a deleted log entirely, and no other", async () => {
      const other: LogKey = "user/session-2";
      await store.createLog(other, "epoch-o");
      await store.append(LOG, null, [file("a", "A")]);
      await store.append(other, null, [file("a", "A")]);
      await store.deleteLog(LOG);
      expect(await store.append(LOG, null, [file("b", "B")])).toEqual({ kind: "no-log" });
      expect(await store.heads([LOG, other])).toEqual([null, { epoch: "epoch-o", head: 1 }]);
      expect(await store.readRaw(LOG, 0)).toBeNull();
      expect(await store.readRaw(other, 0)).toEqual(bytesOf("A"));

      await store.createLog(LOG, "epoch-2");
      expect(await store.readLog(LOG, EVERYTHING)).toEqual({ epoch: "epoch-2", head: 0, rows: [] });
      expect(await store.latestOf(LOG, ["a"])).toEqual([null]);
      const [outcome] = outcomesOf(
        await store.append(LOG, null, [file("a", "A", { results: [], raw: null })]),
      );
      expect(outcome).toEqual({ kind: "stored", offset: 0, revision: 1, same_content_as: null });
      expect((await store.readLog(LOG, EVERYTHING))?.rows[0]?.result).toBeNull();
      expect(await store.readRaw(LOG, 0)).toBeNull();
      await store.deleteLog("user/never-there");
    });

    it("reads ranges to their edges", async () => {
      await store.append(
        LOG,
        null,
        Array.from({ length: 10 }, (_, n) => file(`f${n}`, `${n}`)),
      );
      const offsets = async (since: number, limit: number) => {
        const page = await store.readLog(LOG, { since, limit, version: 1 });
        expect(page).toMatchObject({ epoch: "epoch-1", head: 10 });
        return page?.rows.map(({ offset }) => offset);
      };
      expect(await offsets(0, 3)).toEqual([0, 1, 2]);
      expect(await offsets(8, 5)).toEqual([8, 9]);
      expect(await offsets(9, 1)).toEqual([9]);
      expect(await offsets(10, 5)).toEqual([]);
      expect(await offsets(0, 0)).toEqual([]);
      expect(await offsets(5, 0)).toEqual([]);
      expect(await offsets(Number.MAX_SAFE_INTEGER, 5)).toEqual([]);
      expect(await offsets(7, Number.MAX_SAFE_INTEGER)).toEqual([7, 8, 9]);
      for (const wrong of [
        { since: -1, limit: 1 },
        { since: 0, limit: -1 },
        { since: 0.5, limit: 1 },
      ]) {
        await expect(store.readLog(LOG, { ...wrong, version: 1 })).rejects.toThrow(RangeError);
      }
    });

    it("gives the results of the version asked for, and null where that has none", async () => {
      const results = [
        { version: 1, body: bytesOf("first") },
        { version: 2, body: bytesOf("second") },
      ];
      await store.append(LOG, null, [file("a", "A", { results }), file("b", "B", { results: [] })]);
      const resultsOf = async (version: number) => {
        const page = await store.readLog(LOG, { since: 0, limit: 10, version });
        return page?.rows.map((row) => plain(row).result);
      };
      expect(await resultsOf(1)).toEqual(["first", null]);
      expect(await resultsOf(2)).toEqual(["second", null]);
      expect(await resultsOf(3)).toEqual([null, null]);
      const twice = [...results, ...results];
      await expect(store.append(LOG, null, [file("c", "C", { results: twice })])).rejects.toThrow(RangeError);
    });

    it("reads long pages", async () => {
      await store.append(
        LOG,
        null,
        Array.from({ length: 2500 }, (_, n) => file(`f${n}`, `${n}`, { raw: null })),
      );
      const page = await store.readLog(LOG, { since: 100, limit: 2400, version: 1 });
      expect(page?.rows.map((row) => plain(row).result)).toEqual(
        Array.from({ length: 2400 }, (_, n) => `${n + 100}`),
      );
    });

    it("answers heads in the order asked, twice for a log asked twice", async () => {
      await store.createLog("user/b", "epoch-b");
      await store.append("user/b", null, [file("a", "A"), file("b", "B")]);
      const keys: LogKey[] = ["user/none", "user/b", LOG, "user/b"];
      const b = { epoch: "epoch-b", head: 2 };
      expect(await store.heads(keys)).toEqual([null, b, { epoch: "epoch-1", head: 0 }, b]);
      expect(await store.heads([])).toEqual([]);
    });

    it("answers the latest content per name in the order asked", async () => {
      await store.append(LOG, null, [file("a", "A"), file("b", "B"), file("a", "C")]);
      expect(await store.latestOf(LOG, ["b", "none", "a", "b"])).toEqual([
        { offset: 1, sha256: file("b", "B").sha256 },
        null,
        { offset: 2, sha256: file("a", "C").sha256 },
        { offset: 1, sha256: file("b", "B").sha256 },
      ]);
      expect(await store.latestOf(LOG, [])).toEqual([]);
    });

    it.each([0, 1, 300_000, 3_000_000])("gives a file of %i bytes back byte for byte", async (size) => {
      const raw = new Uint8Array(randomBytes(size));
      await store.append(LOG, null, [file("a", raw), file("rejected", "bad", { raw: null })]);
      expect(Buffer.compare((await store.readRaw(LOG, 0)) ?? Buffer.from("none"), raw)).toBe(0);
      expect(await store.readRaw(LOG, 1)).toBeNull();
      expect(await store.readRaw(LOG, 2)).toBeNull();
    });

    it("keeps the file behind every revision", async () => {
      for (const content of ["A", "B", "A"]) await store.append(LOG, null, [file("x", content)]);
      const contents = await Promise.all([0, 1, 2].map((offset) => store.readRaw(LOG, offset)));
      expect(contents).toEqual(["A", "B", "A"].map(bytesOf));
    });

    it("keeps entries and results of any bytes, in memory of their own", async () => {
      const everyByte = Uint8Array.from({ length: 1024 }, (_, n) => n % 256);
      // A view into a larger buffer, as pooled Buffers are.
      const view = new Uint8Array([1, ...everyByte, 2]).subarray(1, 1025);
      await store.append(LOG, null, [
        file("a", "A", { entry: view, results: [{ version: 1, body: view }] }),
        file("b", "B", { entry: new Uint8Array(), results: [{ version: 1, body: new Uint8Array() }] }),
      ]);
      const page = await store.readLog(LOG, EVERYTHING);
      const bodies = page?.rows.flatMap(({ entry, result }) => [entry, result ?? bytesOf("none")]) ?? [];
      expect(bodies.map((body) => [...body])).toEqual([[...everyByte], [...everyByte], [], []]);
      for (const body of bodies) expect(body.buffer.byteLength).toBe(body.byteLength);
    });

    it("rotates an epoch once, and leaves the rows", async () => {
      await store.append(LOG, null, [file("a", "A")]);
      const before = await store.readLog(LOG, EVERYTHING);
      expect(await store.rotateEpoch(LOG, "another", "epoch-2")).toBe(false);
      expect(await store.rotateEpoch(LOG, "epoch-1", "epoch-2")).toBe(true);
      expect(await store.rotateEpoch(LOG, "epoch-1", "epoch-3")).toBe(false);
      expect(await store.rotateEpoch("user/none", "epoch-1", "epoch-2")).toBe(false);
      expect(await store.readLog(LOG, EVERYTHING)).toEqual({ ...before, epoch: "epoch-2" });
      expect(await store.append(LOG, null, [file("a", "A")])).toEqual({
        kind: "done",
        epoch: "epoch-2",
        outcomes: [{ kind: "duplicate", offset: 0, revision: 1 }],
      });
    });

    it("keeps awkward file names apart", async () => {
      await store.append(
        LOG,
        null,
        AWKWARD_NAMES.map((name, n) => file(name, `content ${n}`)),
      );
      const page = await store.readLog(LOG, EVERYTHING);
      expect(page?.rows.map(({ name }) => name)).toEqual(AWKWARD_NAMES);
      const latest = await store.latestOf(LOG, AWKWARD_NAMES);
      expect(latest.map((row) => row?.offset)).toEqual(AWKWARD_NAMES.map((_, n) => n));
    });

    it("keeps logs with awkward keys apart", async () => {
      const keys = AWKWARD_NAMES.map((name): LogKey => `${name}/${name}`);
      for (const [n, key] of keys.entries()) {
        await store.createLog(key, `epoch ${n}`);
        await store.append(key, null, [file("a", `content ${n}`)]);
      }
      expect(await store.heads(keys)).toEqual(keys.map((_, n) => ({ epoch: `epoch ${n}`, head: 1 })));
      expect(await store.readRaw(keys[3] as LogKey, 0)).toEqual(bytesOf("content 3")); // there are more than 3
    });
  });

  describe("prepared pages", () => {
    it("go with their version", async () => {
      await store.createLog(LOG, "epoch-1");
      const pages = [1, 2, 3].map((version) => ({ epoch: "epoch-1", version, number: version }));
      for (const page of pages) await store.keepPrepared(LOG, page, bytesOf(`page ${page.version}`));
      await store.keepVersions(LOG, [2, 3]);
      const kept = await Promise.all(pages.map((page) => store.readPrepared(LOG, page)));
      expect(kept.map((bytes) => bytes !== null)).toEqual([false, true, true]);
    });

    const page = (number: number, version = 1, epoch = "epoch-1") => ({ epoch, version, number });
    beforeEach(() => store.createLog(LOG, "epoch-1"));

    it("come back byte for byte, in memory of their own, under their own name alone", async () => {
      const bytes = new Uint8Array(randomBytes(300_000));
      await store.keepPrepared(LOG, page(3), bytes);
      const kept = (await store.readPrepared(LOG, page(3))) ?? new Uint8Array();
      expect(Buffer.compare(kept, bytes)).toBe(0);
      expect(kept.buffer.byteLength).toBe(kept.byteLength);
      for (const other of [page(2), page(3, 2), page(3, 1, "epoch-2")])
        expect(await store.readPrepared(LOG, other)).toBeNull();
      expect(await store.readPrepared("user/other", page(3))).toBeNull();
    });

    it("survive a reopening, and keeping one again replaces it", async () => {
      await store.keepPrepared(LOG, page(0), bytesOf("first"));
      await store.keepPrepared(LOG, page(0), bytesOf("second"));
      await store.close();
      store = await place.open();
      expect(await store.readPrepared(LOG, page(0))).toEqual(bytesOf("second"));
    });

    it("go with their log, with its epoch, and with the version before the last", async () => {
      for (const version of [1, 2]) await store.keepPrepared(LOG, page(0, version), bytesOf("page"));
      expect(await store.readPrepared(LOG, page(0, 1))).not.toBeNull();
      await store.keepPrepared(LOG, page(0, 3), bytesOf("page"));
      expect(await store.readPrepared(LOG, page(0, 1))).toBeNull();
      expect(await store.readPrepared(LOG, page(0, 2))).not.toBeNull();

      await store.rotateEpoch(LOG, "epoch-1", "epoch-2");
      await store.keepPrepared(LOG, page(0, 3, "epoch-2"), bytesOf("new"));
      expect(await store.readPrepared(LOG, page(0, 3))).toBeNull();
      expect(await store.readPrepared(LOG, page(0, 3, "epoch-2"))).toEqual(bytesOf("new"));

      await store.deleteLog(LOG);
      expect(await store.readPrepared(LOG, page(0, 3, "epoch-2"))).toBeNull();
    });
  });

  describe("over time", () => {
    it("keeps its id over a reopening, and a new place has another", async () => {
      const id = await store.storeId();
      expect(id).not.toBe("");
      expect(await store.storeId()).toBe(id);
      await store.close();
      store = await place.open();
      expect(await store.storeId()).toBe(id);
      await place.remove();
      place = await newPlace();
      expect(await (await place.open()).storeId()).not.toBe(id);
    });

    it("keeps everything over a reopening", async () => {
      await store.createLog(LOG, "e");
      await store.append(LOG, null, [file("a", "A"), file("b", "A")]);
      await store.compareAndSet([{ collection: "c", key: "k", expected: null, next: "v" }]);
      const before = await store.readLog(LOG, EVERYTHING);
      await store.close();
      store = await place.open();
      expect(await store.readLog(LOG, EVERYTHING)).toEqual(before);
      expect(await store.readRaw(LOG, 1)).toEqual(bytesOf("A"));
      expect(await store.getRecord("c", "k")).toBe("v");
      expect(outcomesOf(await store.append(LOG, null, [file("a", "B"), file("a", "B")]))).toEqual([
        { kind: "stored", offset: 2, revision: 2, same_content_as: null },
        { kind: "duplicate", offset: 2, revision: 2 },
      ]);
    });

    it("refuses everything after close, and closes twice", async () => {
      await store.createLog(LOG, "e");
      expect(store.problem()).toBeNull();
      await store.close();
      await store.close();
      await expect(store.append(LOG, null, [file("a", "A")])).rejects.toMatchObject({
        name: "StoreUnavailable",
      });
      await expect(store.heads([LOG])).rejects.toMatchObject({ name: "StoreUnavailable" });
      await expect(store.readRaw(LOG, 0)).rejects.toMatchObject({ name: "StoreUnavailable" });
    });
  });
});

/** A row with its bytes as text. */
function plain<Row extends { entry: Uint8Array; result: Uint8Array | null }>(row: Row) {
  const text = (bytes: Uint8Array | null) => (bytes === null ? null : new TextDecoder().decode(bytes));
  return { ...row, entry: text(row.entry), result: text(row.result) };
}
