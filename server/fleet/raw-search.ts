import { createHash } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { type LogKey, type LogRow, type Store, StoreUnavailable } from "../store/port.ts";
import type { Fleet } from "./fleet.ts";

/** One part travels through Redis in milliseconds; a hub that takes longer is not waited for. */
const PART_WITHIN_MS = 3_000;
/** Logs of which it is remembered which hub had a file last. */
const MAX_REMEMBERED = 1_000;

/** A hub that did not answer is asked again after this. */
const ASK_AGAIN_MS = 250;

type SearchedFleet = Pick<Fleet, "sisters" | "census" | "call">;

interface SearchOptions {
  /** Reads the file in the agent's folder; null where it is not there any more. */
  readonly atAgent: (key: LogKey, row: LogRow) => Promise<Uint8Array | null>;
  /** How long a hub that lives may stay silent: one that died loses its lease meanwhile. */
  readonly patienceMs: number;
}

/**
 * Finds the file behind a row wherever it is kept: on this hub, on a sister, at last in the agent's own folder.
 * Bytes are kept where they arrived, so after an agent has moved they are on several hubs. What comes from elsewhere
 * must have the hash that the log has.
 */
export class RawSearch {
  readonly #own: Store;
  readonly #fleet: SearchedFleet;
  readonly #atAgent: SearchOptions["atAgent"];
  readonly #patienceMs: number;
  /** Most files of a log are on one hub: it is asked first. */
  readonly #lastFound = new Map<LogKey, string>();

  /**
   * @param own an object of plain functions, as `StoreTiming.wrap` makes it
   */
  constructor(own: Store, fleet: SearchedFleet, { atAgent, patienceMs }: SearchOptions) {
    this.#own = own;
    this.#fleet = fleet;
    this.#atAgent = atAgent;
    this.#patienceMs = patienceMs;
  }

  /** The store, which finds files wherever they are. Everything else of it is as it was. */
  get store(): Store {
    return { ...this.#own, readRaw: (key, offset) => this.readRaw(key, offset) };
  }

  /**
   * As `Store.readRaw`, of all hubs. Null only when each hub that lives has said that it has no such file, and none has
   * just left: what is written down as gone stays so.
   *
   * @throws StoreUnavailable when a hub that may have the file does not answer, or may come back
   */
  async readRaw(key: LogKey, offset: number): Promise<Uint8Array | null> {
    const here = await this.#own.readRaw(key, offset);
    if (here !== null) return here;
    const page = await this.#own.readLog(key, { since: offset, limit: 1, version: 1 });
    const row = page?.rows[0];
    if (row === undefined) return null;
    const without = new Set<string>();
    const found = await this.#atSisters(key, row, without);
    return found ?? wholeOrNull(row, await this.#atAgent(key, row)) ?? this.#atSilent(key, row, without);
  }

  async #atSisters(key: LogKey, row: LogRow, without: Set<string>): Promise<Uint8Array | null> {
    const sisters = this.#fleet.sisters();
    const last = this.#lastFound.get(key);
    const likely = last !== undefined && sisters.includes(last) ? [last] : [];
    const others = sisters.filter((hub) => !likely.includes(hub));
    return (await this.#firstOf(likely, key, row, without)) ?? this.#firstOf(others, key, row, without);
  }

  /** Those that have just started, did not answer at once, or have just left, until they are here or given up. */
  async #atSilent(key: LogKey, row: LogRow, without: Set<string>): Promise<Uint8Array | null> {
    for (const until = performance.now() + this.#patienceMs; ; await pause(ASK_AGAIN_MS)) {
      const { living, justLeft } = await this.#fleet.census();
      const silent = living.filter((hub) => !without.has(hub));
      const bytes = await this.#firstOf(silent, key, row, without);
      if (bytes !== null) return bytes;
      const missing = [...silent.filter((hub) => !without.has(hub)), ...justLeft];
      if (missing.length === 0) return null;
      if (performance.now() > until)
        throw new StoreUnavailable(`${missing.join(", ")} may have a file and does not answer`);
    }
  }

  /**
   * All of them are asked at once, and the first that has it is enough: one that hangs holds nobody up.
   *
   * @param without gets those that said they do not have it
   */
  async #firstOf(
    hubs: readonly string[],
    key: LogKey,
    row: LogRow,
    without: Set<string>,
  ): Promise<Uint8Array | null> {
    const found = hubs.map(async (hub) => {
      const bytes = wholeOrNull(row, await this.#readFrom(hub, key, row.offset));
      if (bytes === null) {
        without.add(hub);
        throw new Error("not here");
      }
      this.#remember(key, hub);
      return bytes;
    });
    return Promise.any(found).catch(() => null);
  }

  async #readFrom(hub: string, log: LogKey, offset: number): Promise<Uint8Array | null> {
    let whole: Uint8Array | null = null;
    for (let from = 0; ; ) {
      const part = await this.#fleet.call(hub, "read_raw", { log, offset, from }, PART_WITHIN_MS);
      if (part === null) return null;
      whole ??= new Uint8Array(part.size);
      if (from + part.content.length > whole.length) return null;
      whole.set(part.content, from);
      from += part.content.length;
      if (from >= whole.length || part.content.length === 0) return whole;
    }
  }

  #remember(key: LogKey, hub: string): void {
    this.#lastFound.delete(key);
    this.#lastFound.set(key, hub);
    const [oldest] = this.#lastFound.keys();
    if (this.#lastFound.size > MAX_REMEMBERED && oldest !== undefined) this.#lastFound.delete(oldest);
  }
}

function wholeOrNull({ sha256 }: LogRow, bytes: Uint8Array | null): Uint8Array | null {
  if (bytes === null) return null;
  return createHash("sha256").update(bytes).digest("hex") === sha256 ? bytes : null;
}
