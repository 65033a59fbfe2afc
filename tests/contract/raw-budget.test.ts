import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { OpenedStore } from "../../server/store/open-store.ts";
import type { LogKey } from "../../server/store/port.ts";
import { RawBudget } from "../../server/store/raw-budget.ts";
import { file, type Place, STORES } from "./stores.ts";

/** MiB; a session may have a quarter of it, a User ID half. */
const BUDGET = new RawBudget(1);
const FILE_BYTES = 16 * 1024;
const FITS_SESSION = BUDGET.sessionBytes / FILE_BYTES;
const FITS_USER = BUDGET.userBytes / FILE_BYTES;
const FITS_HUB = BUDGET.hubBytes / FILE_BYTES;
/** How far a budget may be overdrawn until it is looked at. */
const SLACK = Math.ceil(BUDGET.checkBytes / FILE_BYTES) + 1;
const SWEPT = { timeout: 5_000, interval: 10 };

describe.each(STORES)("$kind store with little room for raw scans", ({ start, stop, place: newPlace }) => {
  let place: Place;
  let store: OpenedStore;
  beforeAll(start);
  afterAll(stop);
  beforeEach(async () => {
    place = await newPlace(BUDGET);
    store = await place.open();
  });
  afterEach(() => place.remove());

  async function write(log: LogKey, count: number): Promise<void> {
    await store.createLog(log, "e");
    for (let n = 0; n < count; n += 1) {
      await store.append(log, null, [file(`f${n}`, new Uint8Array(FILE_BYTES).fill(n))]);
    }
  }

  /** Whether each scan of a log is kept, in order. */
  async function kept(log: LogKey): Promise<boolean[]> {
    const head = (await store.heads([log]))[0]?.head ?? 0;
    const raw = await Promise.all(Array.from({ length: head }, (_, offset) => store.readRaw(log, offset)));
    return raw.map((bytes) => bytes !== null);
  }

  /** The oldest are gone, the newest are there, about `wanted` of them. */
  function expectNewest(scans: readonly boolean[], wanted: number): void {
    expect(scans).toEqual(scans.toSorted((a, b) => Number(a) - Number(b)));
    const count = scans.filter(Boolean).length;
    expect(count).toBeLessThanOrEqual(wanted + SLACK);
    expect(count).toBeGreaterThanOrEqual(wanted - SLACK);
  }

  it("[I11] lets the oldest scans of a session go, and keeps all entries and results", async () => {
    const log: LogKey = "user/session";
    await write(log, 3 * FITS_SESSION);
    await vi.waitFor(async () => expectNewest(await kept(log), FITS_SESSION), SWEPT);
    const page = await store.readLog(log, { since: 0, limit: 10_000, version: 1 });
    expect(page?.rows.filter(({ result }) => result !== null)).toHaveLength(3 * FITS_SESSION);
    // A content that went comes back when it is sent again.
    const again = file("f0", new Uint8Array(FILE_BYTES).fill(0));
    await store.append(log, null, [file("f0", "other"), again]);
    expect(await store.readRaw(log, 3 * FITS_SESSION + 1)).toEqual(again.raw);
  });

  it("[I11] lets the oldest scans of a User ID go, and nobody else's", async () => {
    await write("other/session", FITS_SESSION / 2);
    const logs: LogKey[] = ["user/1", "user/2", "user/3"];
    for (const log of logs) await write(log, FITS_SESSION);
    await vi.waitFor(async () => {
      const own = (await Promise.all(logs.map(kept))).flat();
      expectNewest(own, FITS_USER);
    }, SWEPT);
    expect(await kept("other/session")).not.toContain(false);
  });

  it("[I11] lets the oldest scans of the hub go", async () => {
    const logs = Array.from({ length: 8 }, (_, n): LogKey => `user-${n}/session`);
    for (const log of logs) await write(log, FITS_SESSION - 1);
    await vi.waitFor(async () => expectNewest((await Promise.all(logs.map(kept))).flat(), FITS_HUB), SWEPT);
  });

  it("[I11] takes back what is over the budget when it is opened with less room", async () => {
    const log: LogKey = "user/session";
    await write(log, FITS_SESSION);
    await store.close();
    store = await place.open(new RawBudget(BUDGET.hubBytes / 2 ** 20 / 4));
    await vi.waitFor(async () => expectNewest(await kept(log), FITS_SESSION / 4), SWEPT);
  });
});
