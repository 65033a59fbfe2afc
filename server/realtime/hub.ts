import type { Config } from "../config.ts";
import type { ExportLinks } from "../exports/export-links.ts";
import type { AgentRegistry } from "../sessions/agent-registry.ts";
import type { Ingest } from "../sessions/ingest.ts";
import type { SessionBook } from "../sessions/session-book.ts";
import type { Store } from "../store/port.ts";
import type { AgentPeers } from "./agent-peer.ts";
import type { Audience } from "./audience.ts";
import type { HeadWatch } from "./head-watch.ts";
import type { HubLog } from "./hub-log.ts";
import type { LivePush } from "./live-push.ts";

/** What every request of a socket may reach: the parts of one hub, put together in app.ts. */
export interface Hub {
  readonly config: Config;
  readonly store: Store;
  readonly registry: AgentRegistry;
  readonly book: SessionBook;
  readonly ingest: Ingest;
  readonly peers: AgentPeers;
  readonly audience: Audience;
  readonly livePush: LivePush;
  readonly heads: HeadWatch;
  readonly links: ExportLinks;
  readonly log: HubLog;
  readonly now: () => number;
  readonly newId: () => string;
}
