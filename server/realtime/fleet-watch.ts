import type { UserTag } from "../sessions/user-tag.ts";
import { StoreUnavailable } from "../store/port.ts";
import { checkOwnership } from "./agent-ownership.ts";
import type { Hub } from "./hub.ts";
import { tellViewerCount } from "./viewer-count.ts";

/** Looks after which everything is checked, whether or not something happened: one lease. */
const ALL_EVERY_LOOKS = 5;

/**
 * Keeps this hub's lease and looks after those who lost theirs: the agents of a dead hub are offline for everybody
 * within one lease, and those of this one are checked after it was taken for dead itself.
 */
export class FleetWatch {
  readonly #hub: Hub;
  #alive: ReadonlySet<string> = new Set();
  #sweepDue = true;
  #looks = 0;

  constructor(hub: Hub) {
    this.#hub = hub;
  }

  /** Once a beat. While Redis is away nobody is judged. */
  async tick(): Promise<void> {
    try {
      await this.#look();
    } catch (error) {
      // StoreWatch says so.
      if (!(error instanceof StoreUnavailable)) throw error;
    }
  }

  async #look(): Promise<void> {
    const { fleet, elsewhere, log } = this.#hub;
    const { lease, alive, certain } = await fleet.look();
    if (lease === "taken") {
      log.error({ hub_id: fleet.hubId }, "another hub runs under this HUB_ID");
      void this.#hub.leave("another hub runs under this HUB_ID");
      return;
    }
    this.#noteChanges(alive);
    const all = this.#looks % ALL_EVERY_LOOKS === 0;
    this.#looks += 1;
    if (lease === "new" || all) await checkOwnership(this.#hub);
    if (certain && (this.#sweepDue || all)) await this.#sweep(alive);
    for (const tag of elsewhere.expire()) tellViewerCount(this.#hub, tag as UserTag); // it is one of our agents'
  }

  #noteChanges(alive: ReadonlySet<string>): void {
    const { log } = this.#hub;
    const gone = [...this.#alive].filter((hub) => !alive.has(hub));
    const come = [...alive].filter((hub) => !this.#alive.has(hub));
    if (gone.length > 0) this.#sweepDue = true;
    if (gone.length + come.length > 0) log.info({ come, gone, hubs: alive.size }, "hubs changed");
    this.#alive = alive;
  }

  async #sweep(alive: ReadonlySet<string>): Promise<void> {
    const { registry, audience, log } = this.#hub;
    const offline = await registry.sweep((hub) => !alive.has(hub));
    for (const { tag, status } of offline) audience.hint(tag, "agent_status", status);
    if (offline.length > 0) log.info({ agents: offline.length }, "ended registrations of dead hubs");
    this.#sweepDue = false;
  }
}
