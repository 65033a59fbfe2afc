import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { OpenedStore } from "../../server/store/open-store.ts";
import { AWKWARD_NAMES, file, type Place, STORES } from "./stores.ts";

const LOG = "user/session";

describe.each(STORES)("records of the $kind store", ({ start, stop, place: newPlace }) => {
  let place: Place;
  let store: OpenedStore;

  beforeAll(start);
  afterAll(stop);
  beforeEach(async () => {
    place = await newPlace();
    store = await place.open();
  });
  afterEach(() => place.remove());

  it("gives back what was set, and null for what was not", async () => {
    expect(await store.getRecord("agents", "a")).toBeNull();
    expect(await store.compareAndSet([{ collection: "agents", key: "a", expected: null, next: "1" }])).toBe(
      true,
    );
    expect(await store.getRecord("agents", "a")).toBe("1");
    expect(await store.getRecord("tasks", "a")).toBeNull();
  });

  it("tells an empty value from none", async () => {
    await store.compareAndSet([{ collection: "c", key: "k", expected: null, next: "" }]);
    expect(await store.getRecord("c", "k")).toBe("");
    expect(await store.compareAndSet([{ collection: "c", key: "k", expected: null, next: "x" }])).toBe(false);
    expect(await store.compareAndSet([{ collection: "c", key: "k", expected: "", next: null }])).toBe(true);
    expect(await store.getRecord("c", "k")).toBeNull();
  });

  it("gives many at once in the order asked, null for those that are not there", async () => {
    await store.compareAndSet([
      { collection: "c", key: "a", expected: null, next: "1" },
      { collection: "c", key: "b", expected: null, next: "" },
      { collection: "d", key: "z", expected: null, next: "other" },
    ]);
    expect(await store.getRecords("c", ["b", "z", "a", "b"])).toEqual(["", null, "1", ""]);
    expect(await store.getRecords("nothing", ["a"])).toEqual([null]);
    expect(await store.getRecords("c", [])).toEqual([]);
  });

  it("lists one collection alone", async () => {
    await store.compareAndSet([
      { collection: "c", key: "1", expected: null, next: "one" },
      { collection: "c", key: "2", expected: null, next: "two" },
      { collection: "c:1", key: "3", expected: null, next: "three" },
    ]);
    expect(await store.listRecords("c")).toEqual(new Map([...Object.entries({ 1: "one", 2: "two" })]));
    expect(await store.listRecords("nothing")).toEqual(new Map());
  });

  it("makes all changes of a step, or none when one expectation fails", async () => {
    await store.compareAndSet([{ collection: "c", key: "b", expected: null, next: "old" }]);
    const changes = [
      { collection: "c", key: "a", expected: null, next: "new" },
      { collection: "d", key: "b", expected: null, next: "new" },
      { collection: "c", key: "b", expected: "other", next: null },
    ];
    expect(await store.compareAndSet(changes)).toBe(false);
    expect(await store.getRecord("c", "a")).toBeNull();
    expect(await store.getRecord("d", "b")).toBeNull();
    expect(await store.getRecord("c", "b")).toBe("old");

    const right = changes.map((change) =>
      change.expected === "other" ? { ...change, expected: "old" } : change,
    );
    expect(await store.compareAndSet(right)).toBe(true);
    expect(await store.listRecords("c")).toEqual(new Map([["a", "new"]]));
    expect(await store.getRecord("d", "b")).toBe("new");
  });

  it("lets exactly one of many claimants win", async () => {
    const claims = Array.from({ length: 20 }, (_, n) =>
      store.compareAndSet([{ collection: "lease", key: "k", expected: null, next: `hub ${n}` }]),
    );
    const won = await Promise.all(claims);
    expect(won.filter(Boolean)).toHaveLength(1);
    expect(await store.getRecord("lease", "k")).toBe(`hub ${won.indexOf(true)}`);
  });

  it("takes 16 changes in one step, none, and refuses 17 or two of one record", async () => {
    const changes = Array.from({ length: 17 }, (_, n) => ({
      collection: "c",
      key: String(n),
      expected: null,
      next: "x",
    }));
    await expect(store.compareAndSet(changes)).rejects.toThrow(RangeError);
    expect(await store.listRecords("c")).toEqual(new Map());
    expect(await store.compareAndSet(changes.slice(1))).toBe(true);
    expect((await store.listRecords("c")).size).toBe(16);
    expect(await store.compareAndSet([])).toBe(true);

    const twice = { collection: "d", key: "k", expected: null, next: "x" };
    await expect(store.compareAndSet([twice, twice])).rejects.toThrow("Two changes of one record");
  });

  it("keeps awkward names and values exactly", async () => {
    for (const name of AWKWARD_NAMES) {
      await store.compareAndSet([{ collection: name, key: name, expected: null, next: name }]);
    }
    for (const name of AWKWARD_NAMES) {
      expect(await store.listRecords(name)).toEqual(new Map([[name, name]]));
    }
  });

  it.each(["a\0b", "half \ud800"])("refuses text that would not come back as it was: %j", async (text) => {
    const change = { collection: "c", key: "k", expected: null, next: text };
    await expect(store.compareAndSet([change])).rejects.toThrow(TypeError);
    await store.createLog(LOG, "e");
    await expect(store.append(LOG, null, [file("fine", "A"), file(text, "A")])).rejects.toThrow(TypeError);
    expect(await store.heads([LOG])).toEqual([{ epoch: "e", head: 0 }]);
  });
});
