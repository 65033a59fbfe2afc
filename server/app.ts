import Fastify, { type FastifyInstance, LogController } from "fastify";
import type { Config } from "./config.ts";
import { ExportLinks } from "./exports/export-links.ts";
import { addRoutes } from "./http/routes.ts";
import { addViewerFiles } from "./http/viewer-files.ts";
import { sayGoodbye } from "./realtime/agent-connection.ts";
import { AgentPeers } from "./realtime/agent-peer.ts";
import { Audience, type HubServer } from "./realtime/audience.ts";
import { createRealtime, serveConnections } from "./realtime/connect.ts";
import { HeadWatch } from "./realtime/head-watch.ts";
import type { Hub } from "./realtime/hub.ts";
import { LivePush } from "./realtime/live-push.ts";
import { AgentRegistry } from "./sessions/agent-registry.ts";
import { Ingest } from "./sessions/ingest.ts";
import { SessionBook } from "./sessions/session-book.ts";
import { userTag } from "./sessions/user-tag.ts";
import type { Store } from "./store/port.ts";

/** How often viewers are told where their sessions stand. */
const HEAD_TICK_MS = 1_000;
/** Agents and viewers of a hub that restarts come back within this time, each at its own moment. */
const RETURN_WITHIN_MS = 2_000;

export interface HubDependencies {
  readonly config: Config;
  readonly store: Store;
  /** Stays the same over restarts of this hub: by it the hub knows what an earlier life left behind. */
  readonly hubId: string;
  /** Folder with the built viewer and agent. */
  readonly dist: string;
  readonly now: () => number;
  /** Random, unguessable, of the alphabet A–Z a–z 0–9 _ -; 21 characters. */
  readonly newId: () => string;
}

export interface RunningHub {
  readonly app: FastifyInstance;
  readonly hub: Hub;
}

/** Puts one hub together, not yet listening: `app.listen` starts it, `app.close` ends it gracefully. */
export async function buildHub(dependencies: HubDependencies): Promise<RunningHub> {
  const { config, store, dist, now, newId } = dependencies;
  // Addresses can carry what nobody should read in a log, so requests are not logged one by one.
  const logController = new LogController({ disableRequestLogging: true });
  // A signed download link is one long path part.
  const routerOptions = { maxParamLength: 1_000 };
  const app = Fastify({ logger: { level: config.LOG_LEVEL }, logController, routerOptions });
  const io = createRealtime(pageOrigins(config));
  const audience = new Audience(io);
  const book = new SessionBook(store);
  const registry = new AgentRegistry(dependencies);
  const hub: Hub = {
    config,
    store,
    registry,
    book,
    ingest: new Ingest({ store, book, now, maxFileBytes: config.MAX_FILE_BYTES }),
    peers: new AgentPeers(),
    audience,
    livePush: new LivePush(audience, now),
    heads: new HeadWatch(audience, book, now),
    links: await ExportLinks.open(store, now, () => newId() + newId()),
    log: app.log,
    now,
    newId,
  };
  const swept = await registry.sweepOwn(userTag);
  if (swept > 0) app.log.info({ swept }, "ended registrations of an earlier run");
  addRoutes(app, hub, { dist });
  await addViewerFiles(app, dist);
  io.attach(app.server);
  serveConnections(io, hub);
  keepHeads(app, hub);
  closeInOrder(app, io, hub);
  return { app, hub };
}

/** Behind a proxy the hub may not see its own public name in the Host header, so that is allowed by itself. */
function pageOrigins({ ALLOWED_ORIGINS, PUBLIC_URL }: Config): string[] {
  return PUBLIC_URL === undefined ? ALLOWED_ORIGINS : [...ALLOWED_ORIGINS, PUBLIC_URL];
}

function keepHeads(app: FastifyInstance, hub: Hub): void {
  let busy = false;
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    hub.heads
      .tick()
      .catch((error: unknown) => hub.log.warn({ err: error }, "heads not read"))
      .finally(() => {
        busy = false;
      });
  }, HEAD_TICK_MS);
  app.addHook("preClose", async () => clearInterval(timer));
}

/** Says goodbye, frees the map, then closes. In `preClose`: `io.close()` in `onClose` waits for its own sockets. */
function closeInOrder(app: FastifyInstance, io: HubServer, hub: Hub): void {
  app.addHook("preClose", async () => {
    const peers = hub.peers.all();
    for (const { socket } of peers) sayGoodbye(socket, goodbye());
    await Promise.allSettled(
      peers.map(async (peer) => {
        hub.peers.remove(peer);
        if (await hub.registry.unregister(peer.registration))
          await hub.registry.noteOffline(peer.registration.tag);
      }),
    );
    await io.close();
  });
  app.addHook("onClose", async () => hub.store.close());
}

function goodbye() {
  const retry_after_ms = Math.round(Math.random() * RETURN_WITHIN_MS);
  return { code: "shutdown", message: "The hub is restarting.", retry: true, retry_after_ms };
}
