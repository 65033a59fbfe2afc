import type { AccessWatch } from "../access/access-watch.ts";
import type { ShareLinks } from "../access/share-links.ts";
import type { Backups } from "../backup/backups.ts";
import type { Config } from "../config.ts";
import type { Edge } from "../edge/edge.ts";
import type { ExportLinks } from "../exports/export-links.ts";
import type { MadeExports } from "../exports/made-exports.ts";
import type { RunningExports } from "../exports/running-exports.ts";
import type { Fleet } from "../fleet/fleet.ts";
import type { HubLog } from "../log/hub-log.ts";
import type { HubMetrics } from "../metrics/hub-metrics.ts";
import type { Readiness } from "../operations/readiness.ts";
import type { AgentRegistry } from "../sessions/agent-registry.ts";
import type { Ingest } from "../sessions/ingest.ts";
import type { LogPages } from "../sessions/log-pages.ts";
import type { NoteBook } from "../sessions/note-book.ts";
import type { SessionBook } from "../sessions/session-book.ts";
import type { SessionRecovery } from "../sessions/session-recovery.ts";
import type { StoreIdentity } from "../sessions/store-identity.ts";
import type { Store } from "../store/port.ts";
import type { Tasks } from "../tasks/tasks.ts";
import type { AgentPeers } from "./agent-peer.ts";
import type { AgentStandings } from "./agent-standings.ts";
import type { Audience } from "./audience.ts";
import type { FileTurns } from "./file-turns.ts";
import type { HeadWatch } from "./head-watch.ts";
import type { LivePush } from "./live-push.ts";
import type { TaskWatch } from "./task-watch.ts";
import type { ViewersElsewhere } from "./viewers-elsewhere.ts";

/** What every request of a socket may reach: the parts of one hub, put together in app.ts. */
export interface Hub {
  readonly config: Config;
  readonly edge: Edge;
  readonly store: Store;
  readonly registry: AgentRegistry;
  readonly book: SessionBook;
  readonly notes: NoteBook;
  readonly ingest: Ingest;
  readonly pages: LogPages;
  readonly identity: StoreIdentity;
  readonly recovery: SessionRecovery;
  readonly fleet: Fleet;
  readonly peers: AgentPeers;
  readonly standings: AgentStandings;
  readonly elsewhere: ViewersElsewhere;
  readonly audience: Audience;
  readonly livePush: LivePush;
  readonly heads: HeadWatch;
  readonly links: ExportLinks;
  readonly exports: RunningExports;
  readonly madeExports: MadeExports;
  readonly shareLinks: ShareLinks;
  readonly accessWatch: AccessWatch;
  readonly metrics: HubMetrics;
  readonly readiness: Readiness;
  /** Null where there are none: without BACKUP_DIR, and where the results are in Redis. */
  readonly backups: Backups | null;
  readonly tasks: Tasks;
  readonly fileTurns: FileTurns;
  readonly taskWatch: TaskWatch;
  readonly hubId: string;
  readonly startedAtMs: number;
  /** Ends this hub gracefully, and its process with it. @param why for the log */
  readonly leave: (why: string) => Promise<void>;
  readonly log: HubLog;
  readonly now: () => number;
  readonly newId: () => string;
}
