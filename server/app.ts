import { join } from "node:path";
import Fastify, { type FastifyInstance } from "fastify";
import { AccessWatch } from "./access/access-watch.ts";
import { ShareLinks } from "./access/share-links.ts";
import { addAdminRoutes } from "./admin/admin-routes.ts";
import { AnalysisPool } from "./analysis/analysis-pool.ts";
import { openBackups } from "./backup/backups.ts";
import type { Config } from "./config.ts";
import { Edge } from "./edge/edge.ts";
import { guardSockets } from "./edge/guard-sockets.ts";
import { ExportLinks } from "./exports/export-links.ts";
import { exportRunner } from "./exports/export-task.ts";
import { MadeExports } from "./exports/made-exports.ts";
import { RunningExports } from "./exports/running-exports.ts";
import type { Fleet } from "./fleet/fleet.ts";
import { loneFleet } from "./fleet/lone-fleet.ts";
import { RawSearch } from "./fleet/raw-search.ts";
import { joinRedisFleet } from "./fleet/redis-fleet.ts";
import { guardHttp } from "./http/guard.ts";
import { addOperatorRoutes } from "./http/operator-routes.ts";
import { addRoutes } from "./http/routes.ts";
import { serverOptions } from "./http/server-options.ts";
import { addSessionRoutes } from "./http/session-routes.ts";
import { addViewerFiles } from "./http/viewer-files.ts";
import type { HubLog } from "./log/hub-log.ts";
import type { EventAt } from "./log/log-events.ts";
import { HubMetrics } from "./metrics/hub-metrics.ts";
import { Drain } from "./operations/drain.ts";
import { Readiness } from "./operations/readiness.ts";
import { Retention } from "./operations/retention.ts";
import { AgentCopies } from "./realtime/agent-copy.ts";
import { AgentPeers } from "./realtime/agent-peer.ts";
import { AgentStandings } from "./realtime/agent-standings.ts";
import { Audience } from "./realtime/audience.ts";
import { createRealtime, serveConnections } from "./realtime/connect.ts";
import { FileTurns } from "./realtime/file-turns.ts";
import { FleetWatch } from "./realtime/fleet-watch.ts";
import { HeadWatch } from "./realtime/head-watch.ts";
import type { Hub } from "./realtime/hub.ts";
import { LivePush } from "./realtime/live-push.ts";
import { sisterService } from "./realtime/sister-service.ts";
import { StoreNotice } from "./realtime/store-notice.ts";
import { StoreWatch } from "./realtime/store-watch.ts";
import { TaskWatch } from "./realtime/task-watch.ts";
import { ViewersElsewhere } from "./realtime/viewers-elsewhere.ts";
import { Reanalysis } from "./reanalysis/reanalysis.ts";
import { AgentRegistry } from "./sessions/agent-registry.ts";
import { Ingest } from "./sessions/ingest.ts";
import { LogPages } from "./sessions/log-pages.ts";
import { NoteBook } from "./sessions/note-book.ts";
import { SessionBook } from "./sessions/session-book.ts";
import { SessionRecovery } from "./sessions/session-recovery.ts";
import { StoreIdentity } from "./sessions/store-identity.ts";
import { UploadRoom } from "./sessions/upload-room.ts";
import type { UserTag } from "./sessions/user-tag.ts";
import type { Store } from "./store/port.ts";
import { Tasks } from "./tasks/tasks.ts";

/** How often viewers are told where their sessions stand, and share links in use are checked. */
const HEAD_TICK_MS = 1_000;

export interface HubDependencies {
  readonly config: Config;
  readonly store: Store;
  /** What an operator should know of the store; one sentence each. */
  readonly warnings: readonly string[];
  /** Where HUB_ID names none; random when absent. A lone hub that keeps it knows what an earlier life was doing. */
  readonly hubId?: string;
  /** Folder with the built viewer and agent. */
  readonly dist: string;
  readonly now: () => number;
  /** Random, unguessable, of the alphabet A–Z a–z 0–9 _ -; 21 characters. */
  readonly newId: () => string;
  /** Called once the hub has ended, whoever told it to. */
  readonly ended?: () => void;
  /** Called where it was told to end and hangs: nothing but the end of the process helps then. */
  readonly hangs?: () => void;
}

export interface RunningHub {
  readonly app: FastifyInstance;
  readonly hub: Hub;
}

/** Puts one hub together, not yet listening: `app.listen` starts it, `app.close` ends it gracefully. */
export async function buildHub(dependencies: HubDependencies): Promise<RunningHub> {
  const { config, dist, now, newId } = dependencies;
  const metrics = new HubMetrics(now);
  const own = metrics.store.wrap(dependencies.store);
  const app = Fastify(serverOptions(config));
  const log: HubLog = app.log;
  const fleet = await joinFleet(dependencies, log);
  const edge = new Edge({ config, now, log, counts: fleet.counts });
  const copies = new AgentCopies(() => hub);
  const { store } = new RawSearch(own, fleet, {
    atAgent: (key, row) => copies.read(key, row),
    patienceMs: config.HUB_LEASE_S * 1_000,
  });
  const io = createRealtime(edge.admission.origins, fleet.rooms);
  const audience = new Audience(io, metrics.viewers);
  const peers = new AgentPeers();
  const book = new SessionBook(store);
  const pages = new LogPages(store, (error) => log.warn({ err: error }, "page not prepared"));
  const pool = new AnalysisPool((error) => log.error({ err: error }, "no worker threads"));
  app.addHook("onClose", () => pool.close());
  const identity = await StoreIdentity.open(store);
  const registry = new AgentRegistry({ store, hubId: fleet.hubId, newId, now });
  const shareLinks = new ShareLinks({ ...dependencies, store });
  const readiness = new Readiness(() => store.problem(), dependencies.warnings);
  const fileTurns = new FileTurns(peers, { now, storeIsFar: config.REDIS_URL !== undefined });
  const tasks = makeTasks({ ...dependencies, store }, fleet.hubId, { metrics, fileTurns, log });
  const elsewhere = new ViewersElsewhere(now);
  const livePush = new LivePush(audience, elsewhere, now, metrics.viewers);
  const standings = new AgentStandings({ registry, peers, fleet, audience, livePush, elsewhere, now });
  const hub: Hub = {
    config,
    edge,
    store,
    registry,
    book,
    notes: new NoteBook({ store, now }),
    ingest: new Ingest({ store, book, pages, pool, identity, now, maxFileBytes: config.MAX_FILE_BYTES }),
    uploadRoom: new UploadRoom(config.MAX_FILE_BYTES),
    pages,
    identity,
    recovery: new SessionRecovery({ store, book, newId }),
    fleet,
    peers,
    standings,
    elsewhere,
    audience,
    livePush,
    heads: new HeadWatch({ audience, book, standings, fleet, now }),
    links: await ExportLinks.open({ store, shareLinks, now, newSecret: () => newId() + newId() }),
    exports: new RunningExports(now),
    madeExports: await MadeExports.open(
      join(config.DATA_DIR, "exports"),
      config.EXPORT_BUDGET_MB * 1_048_576,
      now,
    ),
    shareLinks,
    accessWatch: new AccessWatch(shareLinks, now),
    metrics,
    readiness,
    hubId: fleet.hubId,
    startedAtMs: now(),
    // Made below, once there is a hub that can leave.
    leave: (why) => drain.leave(why).then(() => dependencies.ended?.()),
    backups: openBackups({ config, now, log, readiness, counts: metrics.backups }),
    tasks,
    fileTurns,
    taskWatch: new TaskWatch(audience, tasks),
    log,
    now,
    newId,
  };
  const onSwap = (tag: UserTag) => hub.heads.refresh(tag);
  tasks.register("reanalysis", new Reanalysis({ store, book, pages, pool, onSwap }).run);
  tasks.register("export", exportRunner({ ...hub, made: hub.madeExports }));
  await enterFleet(app, hub, dependencies);
  guardHttp(app, hub);
  addRoutes(app, { dist });
  addOperatorRoutes(app, hub);
  addSessionRoutes(app, hub);
  addAdminRoutes(app, hub, dist);
  await addViewerFiles(app, dist);
  io.attach(app.server);
  guardSockets(app, io, hub);
  serveConnections(io, hub);
  const storeWatch = new StoreWatch(hub);
  everySecond(app, hub, "store not watched", () => storeWatch.tick());
  everySecond(app, hub, "heads not read", () => hub.heads.tick());
  const notice = new StoreNotice(hub);
  everySecond(app, hub, "store not watched", async () => notice.tick());
  everySecond(app, hub, "load not measured", async () => metrics.load.tick());
  app.addHook("onClose", async () => metrics.load.stop());
  everySecond(app, hub, "tasks not looked at", () => hub.tasks.tick());
  everySecond(app, hub, "share links not checked", () => hub.accessWatch.tick());
  const retention = new Retention(hub);
  everySecond(app, hub, "old sessions not removed", async () => void (await retention.tick()));
  everySecond(app, hub, "backups not looked at", async () => hub.backups?.tick());
  app.addHook("preClose", async () => hub.backups?.stop());
  hub.readiness.beforeLeaving(() => tasks.close());
  const drain = new Drain(app, io, hub, () => dependencies.hangs?.());
  app.addHook("onClose", async () => store.close());
  return { app, hub };
}

interface TaskSurroundings {
  readonly metrics: HubMetrics;
  readonly fileTurns: FileTurns;
  readonly log: HubLog;
}

function makeTasks(
  { config, ...common }: HubDependencies,
  hubId: string,
  { metrics, fileTurns, log }: TaskSurroundings,
): Tasks {
  return new Tasks({
    ...common,
    hubId,
    maxRunning: config.MAX_CONCURRENT_TASKS,
    maxPerUser: config.MAX_TASKS_PER_USER,
    metrics: metrics.tasks,
    breathe: () => fileTurns.rest(),
    catchingUp: () => fileTurns.catchingUp(),
    onFailure: (error, { task_id, kind }) => log.error({ err: error, task_id, kind }, "task failed"),
  });
}

async function joinFleet({ config, newId, ...given }: HubDependencies, log: HubLog): Promise<Fleet> {
  const { REDIS_URL: url, HUB_ID, HUB_LEASE_S } = config;
  const hubId = HUB_ID ?? given.hubId ?? newId();
  if (url === undefined) return loneFleet(hubId);
  return joinRedisFleet({
    ...{ url, hubId, newId, leaseMs: HUB_LEASE_S * 1_000, monotonicMs: () => performance.now() },
    onWait: (waitMs) => log.warn({ hub_id: hubId, wait_ms: waitMs }, "HUB_ID in use"),
    onError: (error) => log.warn({ err: error }, "not heard of other hubs"),
  });
}

/** From here on other hubs may ask this one, and its agents and theirs are watched over. */
async function enterFleet(app: FastifyInstance, hub: Hub, { store }: HubDependencies): Promise<void> {
  const { fleet, registry, log } = hub;
  fleet.serve(sisterService(hub, store));
  if (fleet.rooms === undefined) {
    // Nobody has come to this one yet, and nobody else has its store.
    const swept = await registry.sweep(() => true);
    if (swept.length > 0) log.info({ swept: swept.length }, "ended registrations of an earlier run");
    return;
  }
  const watch = new FleetWatch(hub);
  every(fleet.beatMs, app, hub, "other hubs not watched", () => watch.tick());
}

const everySecond = (
  app: FastifyInstance,
  hub: Hub,
  failure: EventAt<"warn">,
  step: () => Promise<void>,
): void => every(HEAD_TICK_MS, app, hub, failure, step);

/** Repeats a step until the hub closes; one that takes longer than its turn is waited for. */
function every(
  periodMs: number,
  app: FastifyInstance,
  hub: Hub,
  failure: EventAt<"warn">,
  step: () => Promise<void>,
): void {
  let busy = false;
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    step()
      .catch((error: unknown) => hub.log.warn({ err: error }, failure))
      .finally(() => {
        busy = false;
      });
  }, periodMs);
  app.addHook("preClose", async () => clearInterval(timer));
}
