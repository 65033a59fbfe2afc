import type { FastifyInstance } from "fastify";
import type { HubServer } from "../realtime/audience.ts";
import type { Hub } from "../realtime/hub.ts";
import { sayGoodbye } from "../realtime/say-goodbye.ts";
import { Farewell } from "./farewell.ts";

/** After the bound, what is still open is cut, and this much later the process ends whatever hangs: whoever told it to. */
export const LAST_RESORT_MS = 5_000;

/**
 * How a hub ends: not ready → no new work → goodbye to everybody, each with its own moment to come back → its
 * agents' places are freed (compare-and-delete) → downloads may finish → closed. All of it within DRAIN_WITHIN_S:
 * who does not read its download or its last word is cut off then.
 */
export class Drain {
  readonly #app: FastifyInstance;
  readonly #io: HubServer;
  readonly #hub: Hub;
  readonly #giveUp: () => void;
  #ending: Promise<void> | null = null;

  /**
   * Closes also what is closed by `app.close()` alone. In `preClose`: `io.close()` in `onClose` waits for its own sockets.
   *
   * @param giveUp ends the process, whatever hangs: called LAST_RESORT_MS after the bound
   */
  constructor(app: FastifyInstance, io: HubServer, hub: Hub, giveUp: () => void) {
    this.#app = app;
    this.#io = io;
    this.#hub = hub;
    this.#giveUp = giveUp;
    app.addHook("preClose", () => this.#sendAway());
  }

  /** Ends the hub; asked again it is the same end. @param why for the log: a signal, the operator */
  leave(why: string): Promise<void> {
    this.#ending ??= this.#end(why);
    return this.#ending;
  }

  async #end(why: string): Promise<void> {
    const { log, config } = this.#hub;
    log.info({ why }, "hub ends");
    const hanging = setTimeout(
      () => {
        log.error({ why }, "hub does not end by itself");
        this.#giveUp();
      },
      config.DRAIN_WITHIN_S * 1_000 + LAST_RESORT_MS,
    ).unref();
    await this.#app.close();
    clearTimeout(hanging);
  }

  async #sendAway(): Promise<void> {
    const { readiness, config, peers } = this.#hub;
    const bound_ms = config.DRAIN_WITHIN_S * 1_000;
    const cutting = setTimeout(() => this.#cutOff(), bound_ms);
    cutting.unref();
    this.#app.server.once("close", () => clearTimeout(cutting));
    // Each step has a part of the bound: a store that is away holds up both, and goodbyes must come before the cut.
    await within(bound_ms / 2, readiness.drain());
    this.#sayGoodbyes();
    this.#hub.exports.close();
    const leaving = peers.all().map((peer) => {
      peers.remove(peer);
      return this.#hub.registry.depart(peer.registration);
    });
    // What cannot be written now, while the store is away, is swept by this hub's next life or by a sister.
    await within(bound_ms / 2, Promise.allSettled(leaving));
    // Before the sockets: their rooms must not be waited for where Redis is away.
    await this.#hub.fleet.leave();
    // Its promise waits for the last download, which is not to hold up the rest of the closing.
    void this.#io.close();
  }

  #sayGoodbyes(): void {
    const { audience, peers, log } = this.#hub;
    const sockets = audience.everybody();
    const farewell = new Farewell(sockets.length, Math.random);
    const agents = peers.all().length;
    for (const socket of sockets) sayGoodbye(this.#hub, socket, farewell.next());
    const { window_ms, histogram } = farewell;
    log.info({ agents, others: sockets.length - agents, window_ms, histogram }, "clients sent away");
  }

  #cutOff(): void {
    const open = this.#hub.edge.connections.cutOff();
    this.#hub.log.warn({ sockets: open }, "connections cut at the end");
    this.#app.server.closeAllConnections();
  }
}

/** Waits for a step, but no longer than this. */
async function within(ms: number, step: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([step, late]);
  clearTimeout(timer);
}
