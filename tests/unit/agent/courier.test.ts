import { createHash } from "node:crypto";
import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { Clock } from "../../../agent/clock.ts";
import { Courier } from "../../../agent/courier.ts";
import { Delivery } from "../../../agent/delivery.ts";
import type { ScanFolder } from "../../../agent/scan-folder.ts";
import type { Answer, Uplink } from "../../../agent/uplink.ts";
import type { StreamReply } from "../../../shared/protocol/agent-events.ts";
import { CREDIT, FIRST_PART_BYTES } from "../../../shared/protocol/limits.ts";

const CONTENT = new TextEncoder().encode("a scan");
const FILE = {
  name: "a.txt",
  size: CONTENT.length,
  mtime_ms: 0,
  sha256: createHash("sha256").update(CONTENT).digest("hex"),
};

/** A clock as real ones are: a timer may come a little early, and time passes between two looks at the clock. */
class EarlyClock implements Clock {
  #nowMs = 0;
  #timer: { readonly atMs: number; readonly task: () => void } | null = null;

  monotonicMs(): number {
    this.#nowMs += 0.2;
    return this.#nowMs;
  }

  wallMs(): number {
    return this.#nowMs;
  }

  after(delayMs: number, task: () => void): () => void {
    const timer = { atMs: this.#nowMs + delayMs, task };
    this.#timer = timer;
    return () => {
      if (this.#timer === timer) this.#timer = null;
    };
  }

  pass(ms: number): void {
    this.#nowMs += ms;
  }

  /** The next timer comes `earlyMs` too early. False: there is none, so nothing will ever happen again. */
  fire(earlyMs: number): boolean {
    const timer = this.#timer;
    if (timer === null) return false;
    this.#timer = null;
    this.#nowMs = Math.max(this.#nowMs, timer.atMs - earlyMs);
    timer.task();
    return true;
  }
}

describe("the courier", () => {
  it.each([0, 0.1, 0.3, 0.5, 0.9])(
    "[D11] sleeps through no end of a pause when its timer comes %d ms early",
    async (earlyMs) => {
      const clock = new EarlyClock();
      const delivery = new Delivery();
      const answers: Answer<StreamReply>[] = [
        { is: "error", error: { code: "store_unavailable", message: "", retryable: true } },
        { is: "value", value: { outcome: "stored", epoch: "e", offset: 0, revision: 1, credit: CREDIT } },
      ];
      // Of both only this one function is used.
      const uplink = { request: async () => answers.shift() } as unknown as Uplink;
      const reading = { ok: true, content: CONTENT, size: CONTENT.length };
      const scan = { reader: { finished: async () => reading } } as unknown as ScanFolder;
      const stored: string[] = [];
      const courier = new Courier({
        delivery,
        scan,
        uplink,
        clock,
        onStored: ({ name }) => stored.push(name),
        onAcknowledged: () => {},
        onChange: () => {},
      });
      delivery.connected();
      delivery.setSession("session-00001", () => true, [], 0);
      delivery.finished(FILE, true, 0);
      courier.run();
      for (let wakes = 0; wakes < 5 && stored.length === 0; wakes++) {
        // The reading, the request and its answer take some turns of the event loop.
        for (let turns = 0; turns < 10; turns++) await turn();
        if (stored.length === 0) expect(clock.fire(earlyMs)).toBe(true);
      }
      expect(stored).toEqual([FILE.name]);
    },
  );

  it.each([
    ["a link that takes 5 s for a part gets smaller parts", 0, false],
    ["a hub that is busy for 5 s gets larger ones all the same", 60_000_000, true],
  ])("%s", async (_, held_ms, grow) => {
    const clock = new EarlyClock();
    const delivery = new Delivery();
    const content = new Uint8Array(4 * CREDIT.bytes);
    const file = {
      name: "large.txt",
      size: content.length,
      mtime_ms: 0,
      sha256: createHash("sha256").update(content).digest("hex"),
    };
    const lengths: number[] = [];
    // Of all three only what is used here.
    const uplink = {
      request: async (event: string, part: { from: number; content: Uint8Array }) => {
        if (event === "offer_files")
          return { is: "value", value: { wanted: [{ name: file.name, from: 0 }] } };
        lengths.push(part.content.length);
        clock.pass(5_000);
        await turn();
        const from = part.from + part.content.length;
        const rest = { credit: CREDIT, held_ms };
        const value: StreamReply =
          from < content.length
            ? { outcome: "partial", from, ...rest }
            : { outcome: "stored", epoch: "e", offset: 0, revision: 1, ...rest };
        return { is: "value", value };
      },
    } as unknown as Uplink;
    const reader = {
      finished: async (_file: unknown, from: number, length: number) => ({
        ok: true,
        content: content.subarray(from, from + length),
        size: content.length,
      }),
    };
    const courier = new Courier({
      delivery,
      scan: { reader } as unknown as ScanFolder,
      uplink,
      clock,
      onStored: () => {},
      onAcknowledged: () => {},
      onChange: () => {},
    });
    delivery.connected();
    delivery.setSession("session-00001", () => true, [], 0);
    delivery.finished(file, true, 0);
    courier.run();
    for (let turns = 0; turns < 200; turns++) await turn();
    expect(lengths[0]).toBe(FIRST_PART_BYTES);
    const later = lengths.slice(2, -1);
    expect(Math.max(...later) > FIRST_PART_BYTES).toBe(grow);
    expect(Math.min(...later) < FIRST_PART_BYTES).toBe(!grow);
  });
});
