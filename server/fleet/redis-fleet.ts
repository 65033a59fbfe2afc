import { setTimeout as pause } from "node:timers/promises";
import type { z } from "zod";
import type { PayloadOf } from "../../shared/protocol/event-maps.ts";
import type { Fleet, FleetCensus, FleetView } from "./fleet.ts";
import { type Beat, HubLease } from "./hub-lease.ts";
import { RedisLine } from "./redis-line.ts";
import { SharedCounts } from "./shared-counts.ts";
import { SisterCalls, type SisterService } from "./sister-calls.ts";
import type { SisterNews, SisterRequests } from "./sister-requests.ts";

/** The last word to Redis may take so long when a hub ends; without it the lease ends by itself. */
const LEAVE_WITHIN_MS = 1_000;

/**
 * A hub that is not there any more may be restarting: for so long a file that nobody else has is out of reach, and
 * not gone.
 */
const MAY_RETURN_MS = 120_000;

interface FleetOptions {
  readonly url: string;
  readonly hubId: string;
  readonly leaseMs: number;
  readonly newId: () => string;
  /** For durations: never goes back, unlike the time of day. */
  readonly monotonicMs: () => number;
  /** The name is still held by a process that may be dead: this one waits until its lease ends. */
  readonly onWait: (leaseMs: number) => void;
  readonly onError: (error: unknown) => void;
}

/**
 * Joins the hubs of this Redis.
 *
 * @throws Error when another hub goes by the same name; StoreUnavailable when Redis cannot be reached
 */
export async function joinRedisFleet(options: FleetOptions): Promise<Fleet> {
  const line = await RedisLine.open(options.url, options.onError);
  const lease = new HubLease(line.commands, options.hubId, options.newId(), options.leaseMs);
  try {
    const first = await takeLease(lease, options);
    return new RedisFleet(line, lease, first, options);
  } catch (error) {
    await line.close();
    throw error;
  }
}

/** A hub that was killed under this name leaves its lease behind, so one is waited for; a living one keeps it. */
async function takeLease(lease: HubLease, { hubId, leaseMs, onWait, monotonicMs }: FleetOptions) {
  const until = monotonicMs() + leaseMs;
  for (let told = false; ; told = true) {
    const beat = await lease.beat();
    if (beat.kind !== "taken") return beat;
    if (monotonicMs() >= until) throw new Error(sameName(hubId));
    if (!told) onWait(leaseMs);
    await pause(Math.min(lease.beatMs, 250));
  }
}

function sameName(hubId: string): string {
  return `Another hub on this Redis runs with HUB_ID=${hubId}. Give each hub a HUB_ID of its own, or none.`;
}

class RedisFleet implements Fleet {
  readonly hubId: string;
  readonly beatMs: number;
  readonly counts: SharedCounts;
  readonly #line: RedisLine;
  readonly #lease: HubLease;
  readonly #calls: SisterCalls;
  readonly #leaseMs: number;
  readonly #monotonicMs: () => number;
  #alive: ReadonlySet<string>;
  /** When each hub was seen living last. */
  readonly #seenMs = new Map<string, number>();
  /** Since then every beat was answered, and found the lease where it was. */
  #steadySinceMs: number;

  constructor(line: RedisLine, lease: HubLease, first: Beat, options: FleetOptions) {
    this.hubId = options.hubId;
    this.beatMs = lease.beatMs;
    this.counts = new SharedCounts(line.commands);
    this.#line = line;
    this.#lease = lease;
    this.#calls = new SisterCalls(line, options.hubId, options.newId);
    this.#leaseMs = options.leaseMs;
    this.#monotonicMs = options.monotonicMs;
    this.#alive = new Set(first.alive);
    this.#steadySinceMs = options.monotonicMs();
    this.#note(first.alive);
  }

  get rooms() {
    return this.#line.rooms;
  }

  sisters(): readonly string[] {
    return [...this.#alive].filter((hub) => hub !== this.hubId);
  }

  async census(): Promise<FleetCensus> {
    const alive = await this.#lease.living();
    this.#note(alive);
    const living = alive.filter((hub) => hub !== this.hubId);
    const justLeft = [...this.#seenMs.keys()].filter((hub) => hub !== this.hubId && !living.includes(hub));
    return { living, justLeft };
  }

  serve(service: SisterService): void {
    this.#calls.serve(service);
  }

  call<Name extends keyof SisterRequests & string>(
    hubId: string,
    name: Name,
    payload: PayloadOf<SisterRequests, Name>,
    withinMs: number,
  ) {
    return this.#calls.call(hubId, name, payload, withinMs);
  }

  tellAll<Name extends keyof SisterNews & string>(name: Name, payload: z.input<SisterNews[Name]>): void {
    this.#calls.tellAll(name, payload);
  }

  async look(): Promise<FleetView> {
    let beat: Beat;
    try {
      beat = await this.#lease.beat();
    } catch (error) {
      this.#steadySinceMs = this.#monotonicMs();
      throw error;
    }
    if (beat.kind !== "kept") this.#steadySinceMs = this.#monotonicMs();
    this.#alive = new Set(beat.alive);
    this.#note(beat.alive);
    void this.#checkLine();
    const certain = this.#monotonicMs() - this.#steadySinceMs >= this.#leaseMs;
    return { lease: beat.kind, alive: this.#alive, certain };
  }

  #note(alive: Iterable<string>): void {
    const now = this.#monotonicMs();
    for (const hub of alive) this.#seenMs.set(hub, now);
    for (const [hub, seenMs] of this.#seenMs) if (now - seenMs > MAY_RETURN_MS) this.#seenMs.delete(hub);
  }

  async #checkLine(): Promise<void> {
    if (!(await this.#calls.hearsItself(this.beatMs))) this.#line.renew();
  }

  async leave(): Promise<void> {
    await Promise.race([this.#lease.release().catch(() => undefined), pause(LEAVE_WITHIN_MS)]);
    await this.#line.close();
  }
}
