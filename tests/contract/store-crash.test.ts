import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { LogKey } from "../../server/store/port.ts";
import { type Place, STORES } from "./stores.ts";

const LOG: LogKey = "user/session";
const CHILD = fileURLToPath(new URL("writing-child.ts", import.meta.url));
const ACKNOWLEDGED = 150;

describe.each(STORES)(
  "$kind store whose hub is killed while it writes",
  ({ start, stop, place: newPlace }) => {
    let place: Place;
    beforeAll(start);
    afterAll(stop);
    beforeEach(async () => {
      place = await newPlace();
    });
    afterEach(() => place.remove());

    it("has every acknowledged file, no hole, and no row without its file", {
      timeout: 120_000,
    }, async () => {
      const acknowledged = await writeUntilKilled(place.address);
      const store = await place.open();
      const page = await store.readLog(LOG, { since: 0, limit: 100_000, version: 1 });
      const rows = page?.rows ?? [];
      expect(rows.map(({ offset }) => offset)).toEqual(rows.map((_, index) => index));
      expect(page?.head).toBe(rows.length);
      for (const { offset, name, sha256 } of acknowledged)
        expect(rows[offset]).toMatchObject({ name, sha256 });
      for (const { offset, sha256 } of rows) {
        const raw = (await store.readRaw(LOG, offset)) ?? new Uint8Array();
        expect(createHash("sha256").update(raw).digest("hex")).toBe(sha256);
      }
    });
  },
);

/** What the child had printed as acknowledged when `kill -9` ended it. */
async function writeUntilKilled(address: Place["address"]) {
  const redisUrl = address.url === null ? [] : [address.url];
  const child = spawn(process.execPath, ["--import", "tsx", CHILD, address.directory, LOG, ...redisUrl], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exit = once(child, "exit");
  const acknowledged: { offset: number; name: string; sha256: string }[] = [];
  for await (const line of createInterface(child.stdout)) {
    const [offset = "", name = "", sha256 = ""] = line.split(" ");
    acknowledged.push({ offset: Number(offset), name, sha256 });
    if (acknowledged.length === ACKNOWLEDGED) child.kill("SIGKILL");
  }
  expect(await exit).toEqual([null, "SIGKILL"]);
  expect(acknowledged.length).toBeGreaterThanOrEqual(ACKNOWLEDGED);
  // The last line may have been cut off by the kill.
  return acknowledged.filter(({ sha256 }) => sha256.length === 64);
}
