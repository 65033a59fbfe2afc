import { createHash } from "node:crypto";
import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { Clock } from "../../../agent/clock.ts";
import { Courier } from "../../../agent/courier.ts";
import { Delivery } from "../../../agent/delivery.ts";
import type { ScanFolder } from "../../../agent/scan-folder.ts";
import type { Answer, Uplink } from "../../../agent/uplink.ts";
import type { StreamReply } from "../../../shared/protocol/agent-events.ts";
import { CREDIT } from "../../../shared/protocol/limits.ts";

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
});
