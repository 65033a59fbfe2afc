import { availableParallelism, loadavg } from "node:os";
import type { Store } from "../../server/store/port.ts";
import type { Party, PartyViewer } from "../faults/party.ts";

/** A viewer that never shows what it should; far beyond every bound that is asserted. */
const GIVE_UP_MS = 60_000;

/** One viewer that came back. */
export interface Return {
  /** ms since 1970 */
  readonly atMs: number;
  /** From its reconnect until it showed the log as that stood at its reconnect, ms. */
  readonly equalAfterMs: Promise<number>;
}

/** Watches how viewers come back, from now on. */
export class Reconnects {
  readonly returns: Return[] = [];
  readonly #store: Store;

  constructor(store: Store, parties: readonly Party[]) {
    this.#store = store;
    for (const party of parties)
      for (const viewer of party.viewers)
        viewer.viewer.socket.on("connect", () => {
          const equalAfterMs = this.#equalAfter(party, viewer);
          this.returns.push({ atMs: Date.now(), equalAfterMs });
        });
  }

  /** The longest of those that came back so far, ms. */
  async slowestMs(): Promise<number> {
    return Math.max(0, ...(await Promise.all(this.returns.map(({ equalAfterMs }) => equalAfterMs))));
  }

  async #equalAfter({ logKey }: Party, { viewer }: PartyViewer): Promise<number> {
    const fromMs = performance.now();
    const [position] = await this.#store.heads([logKey]);
    const shows = () => viewer.shown.length >= (position?.head ?? 0);
    // What it showed before it was away counts only once it is back among the hub's viewers.
    await viewer.joined();
    await viewer.until("shows the log of its reconnect", shows, GIVE_UP_MS).catch(() => undefined);
    return performance.now() - fromMs;
  }
}

/**
 * Whether something was done in the time that is stated for a machine that has nothing else to do: where n processes
 * want each core, everything takes n times as long.
 */
export function inTime(tookMs: number, statedMs: number): boolean {
  const [load = 0] = loadavg();
  return tookMs <= statedMs * Math.max(1, load / availableParallelism());
}

/** How many came in each part of a window from `fromMs` on; the last part has everybody who came later. */
export function histogramOf(
  moments: readonly number[],
  fromMs: number,
  partMs: number,
  parts: number,
): number[] {
  const counts: number[] = new Array(parts).fill(0);
  for (const at of moments) {
    const part = Math.min(parts - 1, Math.max(0, Math.floor((at - fromMs) / partMs)));
    counts[part] = (counts[part] ?? 0) + 1;
  }
  return counts;
}
