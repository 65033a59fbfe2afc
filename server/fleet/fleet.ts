import type { z } from "zod";
import type { PayloadOf, ReplyOf } from "../../shared/protocol/event-maps.ts";
import type { AdapterFactory } from "./room-adapter.ts";
import type { SharedCounts } from "./shared-counts.ts";
import type { SisterService } from "./sister-calls.ts";
import type { SisterNews, SisterRequests } from "./sister-requests.ts";

/** How it stands with the hubs of this Redis. */
export interface FleetView {
  /**
   * This hub's own lease: `kept`; `new` when it had none (just started, stalled, or Redis lost it), and others may
   * have taken it for dead; `taken` when another process runs under its name.
   */
  readonly lease: "kept" | "new" | "taken";
  /** Hubs that live, this one included. */
  readonly alive: ReadonlySet<string>;
  /**
   * Whether a hub that is missing is dead. Not in the first moments after a start, a stall or an outage of Redis:
   * then others may be about to take their leases again.
   */
  readonly certain: boolean;
}

/** The other hubs at one moment, by name. */
export interface FleetCensus {
  /** One that has just started among them. */
  readonly living: readonly string[];
  /** Those that this hub saw living a short while ago: they may be restarting, with files on their disks. */
  readonly justLeft: readonly string[];
}

/** This hub among its sisters on the same Redis; a hub with a store of its own has none. */
export interface Fleet {
  readonly hubId: string;
  /** How often `look` is to be called. */
  readonly beatMs: number;
  /** Joins the rooms of all hubs; undefined where there is one hub only. */
  readonly rooms: AdapterFactory | undefined;
  /** What all hubs count together; null where there is one hub only. */
  readonly counts: SharedCounts | null;
  /** The other hubs as of the latest look. */
  sisters(): readonly string[];
  /** The other hubs at this moment. @throws StoreUnavailable */
  census(): Promise<FleetCensus>;
  serve(service: SisterService): void;
  /** @throws SisterUnreachable; RequestError what the other hub refused with */
  call<Name extends keyof SisterRequests & string>(
    hubId: string,
    name: Name,
    payload: PayloadOf<SisterRequests, Name>,
    withinMs: number,
  ): Promise<ReplyOf<SisterRequests, Name>>;
  /** A hint to all other hubs. */
  tellAll<Name extends keyof SisterNews & string>(name: Name, payload: z.input<SisterNews[Name]>): void;
  /** Keeps this hub's lease and sees who lives. @throws StoreUnavailable */
  look(): Promise<FleetView>;
  /** Gives the lease back and is heard of no more. */
  leave(): Promise<void>;
}
