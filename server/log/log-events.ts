/** What a hub can say in its log. deploy/README.md has this table in words; a test compares. */
export interface LogEvent {
  readonly level: LogLevel;
  readonly meaning: string;
  /** What its operator should do; empty: nothing. */
  readonly todo: string;
}

export type LogLevel = "info" | "warn" | "error";

const event = <Level extends LogLevel>(level: Level, meaning: string, todo = "") =>
  ({ level, meaning, todo }) as const;

const STORE_TODO = "Nothing if it is rare. Else look at the store: disk, memory, network.";

/** The closed list: a name that does not stand here, or at another level, does not compile. */
export const LOG_EVENTS = {
  // The hub's life
  "hub ready": event("info", "It listens at `address` and takes connections."),
  "hub ends": event("info", "It was told to end: a signal, the operator's page, or another hub of its name."),
  "clients sent away": event(
    "info",
    "Everybody was told when to come back; `histogram` has the tenths of the window.",
  ),
  "connections cut at the end": event(
    "warn",
    "`DRAIN_WITHIN_S` was over and `sockets` were still open, downloads among them.",
    "Raise `DRAIN_WITHIN_S` if downloads should finish.",
  ),
  "hub does not end by itself": event(
    "error",
    "It was told to end, and hung for 5 s after `DRAIN_WITHIN_S`: the process ends without waiting for it.",
    "Nothing is lost. Report the lines before it.",
  ),
  "operator acts": event("info", "Somebody with `ADMIN_TOKEN` did `action`."),
  "proxy not trusted": event(
    "warn",
    "`peer` sends X-Forwarded-For and `TRUST_PROXY` does not name it, so all its users share one address's limits.",
    "If it is your proxy, name it in `TRUST_PROXY`.",
  ),
  "no worker threads": event(
    "error",
    "Large files are analysed in the main thread, and hold up everybody meanwhile.",
    "Look at `err`; restart the hub.",
  ),
  "load not measured": event("warn", "The event loop's load was not read once."),
  "request failed": event(
    "error",
    "A request ended as nobody foresaw; its sender was told `internal`.",
    "A fault of the hub: report it with `err`.",
  ),
  "web server": event("warn", "The web server itself says `said`: at any level.", "Look at `err`, if any."),

  // Connections and agents
  "connection ended": event(
    "info",
    "One line for the life of each connection: `role`, `agent` (whose data, hashed), `transport`, `opened`, `lasted_s`, messages and bytes in and out, `reason` (an error code where the hub ended it).",
  ),
  "agent connected": event("info", "An agent has registered: `agent` (hashed ID), `name`, `enrolment`."),
  "agent's departure not recorded": event(
    "warn",
    "An agent left while the store was away; it is shown as offline once the store is back.",
  ),
  "agent's hub not reached": event(
    "warn",
    "The hub that holds `agent` did not answer; the viewer was told to try again.",
    "Look whether that hub stands still.",
  ),
  "filters not set": event(
    "warn",
    "The agent did not take up `session_id`; it does when it connects again.",
    "If it stays, restart the agent.",
  ),

  // Sessions, tasks, links
  "session started": event("info", "`session_id` takes files of `agent`."),
  "session stopped": event("info", "`session_id` takes no more files."),
  "session ended, agent on another folder": event(
    "info",
    "`session_id` takes no more files: its agent was started on another folder.",
  ),
  "session deleted": event("info", "`session_id` was deleted by its user, with everything in it."),
  "session recovered": event(
    "warn",
    "The store had lost `session_id` or a part of it; it came back from what its agent carries.",
    "Find out what the store lost. Names, notes and links need the backup.",
  ),
  "re-analysis asked for": event("info", "A user applies other parameters to a whole session."),
  "export asked for": event(
    "info",
    "A user asks for an export that is large enough to be made as `task_id`.",
  ),
  "task cancelled": event("info", "A user cancelled `task_id`."),
  "task failed": event("error", "`task_id` failed; its user was told.", "Report it with `err`."),
  "tasks not looked at": event("warn", "The queue was not read once; it is again in a second.", STORE_TODO),
  "page not prepared": event("warn", "A page of a log is made when it is asked for, not before.", STORE_TODO),
  "share link made": event("info", "A user made the link `link_id` with `role`."),
  "share link revoked": event("info", "A user ended the link `link_id`."),
  "share links not checked": event("warn", "Whether links in use are over was not checked once.", STORE_TODO),
  "old sessions removed": event("info", "`SESSION_TTL_DAYS` after their last files."),
  "old sessions not removed": event("warn", "It is tried again within the hour.", STORE_TODO),

  // The store
  "store warning": event(
    "warn",
    "What this store can lose, found at start; also in `/ready`.",
    "As `warning` says.",
  ),
  "store away": event(
    "error",
    "Nothing can be stored. Agents keep their files and send them later.",
    "Bring the disk or Redis back.",
  ),
  "store back": event("info", "It works again; nothing was lost."),
  "store emptied or replaced: restoring": event(
    "error",
    "This is another store than before: sessions come back from what agents carry, files from their folders.",
    "If nobody restored a backup, find out what emptied it.",
  ),
  "store restored": event("info", "All of that is done."),
  "agent not restored": event(
    "error",
    "One agent's part of that failed.",
    "Restart that agent; report `err`.",
  ),
  "store not watched": event("warn", "A look at the store failed once.", STORE_TODO),
  "heads not read": event("warn", "Viewers hear of new files a second later.", STORE_TODO),

  // Other hubs
  "hubs changed": event("info", "Hubs of this Redis that came and went."),
  "HUB_ID in use": event(
    "warn",
    "It waits whether the hub of this name is dead.",
    "If another hub has this `HUB_ID`, give one of them another.",
  ),
  "another hub runs under this HUB_ID": event(
    "error",
    "This one ends.",
    "Give each hub a `HUB_ID` of its own.",
  ),
  "not heard of other hubs": event(
    "warn",
    "A message between hubs was lost; what it said is found again within seconds.",
    "If it stays, look at Redis.",
  ),
  "other hubs not watched": event("warn", "A look at the other hubs failed once.", STORE_TODO),
  "ended registrations of dead hubs": event("info", "Agents of a hub that died are shown as offline."),
  "ended registrations of an earlier run": event("info", "This hub was killed; its agents come again."),

  // Backups
  "backup made": event("info", "A whole, checked copy is at `path`."),
  "backup failed": event(
    "error",
    "It is tried again in a quarter of an hour; also in `/ready` and `/metrics`.",
    "As `err` says: room on the disk, rights of the folder.",
  ),
  "backups not looked at": event("warn", "Whether one is due was not found out once."),
} as const satisfies Record<string, LogEvent>;

export type LogEventName = keyof typeof LOG_EVENTS;

/** Names of the events of one level. */
export type EventAt<Level extends LogLevel> = {
  [Name in LogEventName]: (typeof LOG_EVENTS)[Name]["level"] extends Level ? Name : never;
}[LogEventName];

export function isLogEvent(name: unknown): name is LogEventName {
  return typeof name === "string" && Object.hasOwn(LOG_EVENTS, name);
}
