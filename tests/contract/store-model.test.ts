import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LogKey, Store } from "../../server/store/port.ts";
import { StoreModel } from "./store-model.ts";
import { bytesOf, file, STORES } from "./stores.ts";

/** Few keys, names and contents, so that they meet often. */
const LOGS: readonly LogKey[] = ["u/1", "u/2"];
const NAMES = ["a", "__proto__", "é\r\n😀"];
const CONTENTS = ["", "A", "C"];
const COLLECTIONS = ["agent_user_mapping", "c"];
const VALUES = ["x", "y"];

const logKey = fc.constantFrom(...LOGS);
const name = fc.constantFrom(...NAMES);
const collection = fc.constantFrom(...COLLECTIONS);
const key = fc.constantFrom("k", "constructor");
const value = fc.constantFrom(...VALUES);
const item = fc
  .record({
    name,
    content: fc.constantFrom(...CONTENTS),
    entry: fc.uint8Array(),
    versions: fc.subarray([1, 2]),
  })
  .map(({ name, content, entry, versions }) => {
    const results = versions.map((version) => ({ version, body: bytesOf(`${content} ${version}`) }));
    // C stands for a rejected file: its bytes are never kept.
    return file(name, content, { entry, results, ...(content === "C" ? { raw: null } : {}) });
  });
const change = fc.record({ collection, key, expected: fc.option(value), next: fc.option(value) });
const changes = fc.uniqueArray(change, { maxLength: 3, selector: (one) => `${one.collection} ${one.key}` });
const range = fc.record({ since: fc.nat(8), limit: fc.nat(8), version: fc.integer({ min: 1, max: 3 }) });

/** The port as both the store and the model have it; a model answers at once. */
type Either = Store | StoreModel;
interface Command {
  /** What a failure prints. */
  toString(): string;
  run(on: Either): unknown;
}

const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 2, arbitrary: fc.tuple(logKey, fc.nat(99)).map(([log, n]) => does("createLog", log, `e${n}`)) },
  { weight: 1, arbitrary: logKey.map((log) => does("deleteLog", log)) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(logKey, fc.constantFrom("e", "f"), fc.constantFrom("e", "f"))
      .map((args) => does("rotateEpoch", ...args)),
  },
  {
    weight: 12,
    arbitrary: fc
      .tuple(
        logKey,
        fc.option(
          fc.record(
            { collection, key, value, next: value },
            { requiredKeys: ["collection", "key", "value"] },
          ),
          { freq: 3 },
        ),
        fc.array(item, { maxLength: 6 }),
      )
      .map((args) => does("append", ...args)),
  },
  {
    weight: 4,
    arbitrary: fc
      .tuple(
        logKey,
        fc.option(fc.record({ collection, key, value }), { freq: 3 }),
        fc.record({
          epoch: fc.constantFrom("e", "f"),
          version: fc.integer({ min: 1, max: 3 }),
          results: fc.array(fc.record({ offset: fc.nat(8), body: value.map(bytesOf) }), { maxLength: 4 }),
        }),
      )
      .map((args) => does("putResults", ...args)),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(logKey, fc.uniqueArray(fc.integer({ min: 1, max: 3 })))
      .map((args) => does("keepVersions", ...args)),
  },
  { weight: 3, arbitrary: changes.map((list) => does("compareAndSet", list)) },
  { weight: 1, arbitrary: fc.tuple(collection, key).map((args) => does("getRecord", ...args)) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(collection, fc.array(key, { maxLength: 3 }))
      .map((args) => does("getRecords", ...args)),
  },
  { weight: 1, arbitrary: collection.map((one) => does("listRecords", one)) },
  { weight: 3, arbitrary: fc.tuple(logKey, range).map((args) => does("readLog", ...args)) },
  { weight: 1, arbitrary: fc.array(logKey).map((keys) => does("heads", keys)) },
  { weight: 1, arbitrary: fc.tuple(logKey, fc.array(name)).map((args) => does("latestOf", ...args)) },
  { weight: 2, arbitrary: fc.tuple(logKey, fc.nat(8)).map((args) => does("readRaw", ...args)) },
);

function does<Method extends Exclude<keyof StoreModel, symbol>>(
  method: Method,
  ...args: Parameters<StoreModel[Method]>
): Command {
  return {
    toString: () => `${method} ${JSON.stringify(args)}`,
    // A union of methods of one name takes no spread arguments; both have the same parameters by the port.
    run: (on) => (on[method] as (...given: unknown[]) => unknown).apply(on, args),
  };
}

describe.each(STORES)("$kind store", ({ start, stop, place: newPlace }) => {
  beforeAll(start);
  afterAll(stop);

  it("answers any sequence of commands as the model does, also after a reopening", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(command, { minLength: 10, maxLength: 50 }), async (commands) => {
        const place = await newPlace();
        try {
          const model = new StoreModel();
          const store = await place.open();
          const beginning = LOGS.map((log) => does("createLog", log, "e"));
          for (const one of [...beginning, ...commands]) {
            expect(await one.run(store), String(one)).toEqual(one.run(model));
          }
          await store.close();
          await expectSame(await place.open(), model);
        } finally {
          await place.remove();
        }
      }),
      { numRuns: 30 },
    );
  }, 60_000);
});

async function expectSame(store: Store, model: StoreModel): Promise<void> {
  for (const one of COLLECTIONS) expect(await store.listRecords(one)).toEqual(model.listRecords(one));
  expect(await store.heads(LOGS)).toEqual(model.heads(LOGS));
  for (const log of LOGS) {
    for (const version of [1, 2]) {
      const everything = { since: 0, limit: 1000, version };
      expect(await store.readLog(log, everything)).toEqual(model.readLog(log, everything));
    }
    const rows = model.readLog(log, { since: 0, limit: 1000, version: 1 })?.rows ?? [];
    for (const { offset } of rows)
      expect(await store.readRaw(log, offset)).toEqual(model.readRaw(log, offset));
  }
}
