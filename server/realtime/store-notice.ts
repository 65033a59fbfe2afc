import type { HubStatus } from "../../shared/protocol/viewer-events.ts";
import type { Store } from "../store/port.ts";
import type { Audience, HubSocket } from "./audience.ts";

interface StoreNoticeDependencies {
  readonly audience: Pick<Audience, "everybody" | "tagOf" | "tell">;
  readonly store: Pick<Store, "problem">;
  readonly now: () => number;
}

/**
 * Tells who watches that this hub cannot store or read now, and when it can again. From memory alone: the heads,
 * from which viewers hear everything else, cannot be read then, and the screen would go on saying that all is well.
 */
export class StoreNotice {
  readonly #deps: StoreNoticeDependencies;
  #status: HubStatus;
  /** Those that were told that it cannot. */
  #worried = new Set<HubSocket>();

  constructor(dependencies: StoreNoticeDependencies) {
    this.#deps = dependencies;
    this.#status = { state: "ok", since_ms: dependencies.now() };
  }

  /** Once a second. */
  tick(): void {
    const { audience, store, now } = this.#deps;
    const state = store.problem() === null ? "ok" : "degraded";
    if (state !== this.#status.state) this.#status = { state, since_ms: now() };
    if (state === "ok" && this.#worried.size === 0) return;
    const worried = new Set<HubSocket>();
    for (const socket of audience.everybody()) {
      const knows = this.#worried.has(socket) === (state === "degraded");
      if (audience.tagOf(socket) === undefined) continue;
      const told = knows || audience.tell(socket, "hub_status", this.#status);
      if (told === (state === "degraded")) worried.add(socket);
    }
    this.#worried = worried;
  }
}
