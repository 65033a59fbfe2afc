import { resolve } from "node:path";
import type { UserId } from "../shared/protocol/user-id.ts";
import { CarriedSessions } from "./carried-sessions.ts";
import { type Clock, systemClock } from "./clock.ts";
import { CoalescedTasks } from "./coalesced-tasks.ts";
import { defaultConfigFolder } from "./config-folder.ts";
import { Courier } from "./courier.ts";
import { Delivery } from "./delivery.ts";
import { countFiles } from "./file-counts.ts";
import { FolderDesk } from "./folder-desk.ts";
import type { FolderFiles } from "./folder-files.ts";
import { explainFiles, explainFolder, explainHints, explainRefused, folderTrouble } from "./folder-words.ts";
import { handshake } from "./handshake.ts";
import { HashCache } from "./hash-cache.ts";
import { type Identity, loadIdentity } from "./identity.ts";
import { nodeFolderFiles } from "./node-folder-files.ts";
import { DEFAULT_EXTENSIONS } from "./options.ts";
import { Problems } from "./problems.ts";
import { ScanFolder } from "./scan-folder.ts";
import type { AgentReport } from "./status.ts";
import { type SentAway, Uplink } from "./uplink.ts";

const FOLDER_STATE_EVERY_MS = 1_000;
const SESSIONS_WITHIN_MS = 5_000;
const SAVE_EVERY_MS = 5_000;
const REPORT_EVERY_MS = 50;
/** Counting a folder of 100,000 files takes longer than that: reports may take one part in so many of the time. */
const REPORTS_SHARE = 1 / 20;

export interface AgentOptions {
  readonly hubUrl: string;
  readonly folder: string;
  readonly name?: string;
  readonly extensions?: readonly string[];
  readonly recursive?: boolean;
  readonly configFolder?: string | null;
  /** Enrolment token, where the hub asks for one. */
  readonly token?: string | null;
  /** Something on the screen may have changed; at most every 50 ms. */
  readonly onReport?: (report: AgentReport) => void;
  readonly files?: FolderFiles;
  readonly clock?: Clock;
}

/** Why an agent ended: its owner stopped it, or the hub sent it away. */
export type AgentEnd = { readonly is: "stopped" } | ({ readonly is: "sent-away" } & SentAway);

export interface Agent {
  readonly userId: UserId;
  /** Resolves when the folder has been looked at once, or could not be. */
  readonly looked: Promise<void>;
  /** Resolves when the hub has taken the agent for the first time. */
  readonly connectedOnce: Promise<void>;
  /** Resolves when the agent has ended and let go of everything. */
  readonly ended: Promise<AgentEnd>;
  report(): AgentReport;
  stop(): Promise<void>;
}

/**
 * Watches a folder and delivers what is finished in it.
 *
 * @throws IdentityError when there is no usable key; everything else is waited for
 */
export function startAgent(options: AgentOptions): Agent {
  const configFolder = options.configFolder ?? defaultConfigFolder(process.platform, process.env);
  const identity = loadIdentity(configFolder);
  const hashes = new HashCache(configFolder, resolve(options.folder));
  const carried = new CarriedSessions(configFolder, options.hubUrl);
  const agent = new RunningAgent(options, identity, { hashes, carried });
  agent.start();
  return agent;
}

/** What outlives the process: hints and copies, the hub has the truth. */
interface AgentMemory {
  readonly hashes: HashCache;
  readonly carried: CarriedSessions;
}

class RunningAgent implements Agent {
  readonly userId: UserId;
  readonly ended: Promise<AgentEnd>;
  readonly connectedOnce: Promise<void>;
  #nowConnected: () => void = () => {};
  readonly #clock: Clock;
  readonly #hashes: HashCache;
  readonly #carried: CarriedSessions;
  readonly #scan: ScanFolder;
  readonly #delivery = new Delivery();
  readonly #uplink: Uplink;
  readonly #courier: Courier;
  readonly #problems: Problems;
  readonly #folder: string;
  readonly #onReport: (report: AgentReport) => void;
  readonly #tasks: CoalescedTasks;
  #connection: AgentReport["connection"];
  #last: AgentReport["last"] = null;
  #viewers = 0;
  #awaitsSessions = false;
  #viewerUrl: string;
  #sentState = "";
  #reportPauseMs = REPORT_EVERY_MS;
  #end: (end: AgentEnd) => void = () => {};
  #ending: Promise<void> | null = null;

  constructor(options: AgentOptions, identity: Identity, { hashes, carried }: AgentMemory) {
    const clock = options.clock ?? systemClock;
    this.#clock = clock;
    this.#tasks = new CoalescedTasks(clock);
    this.#hashes = hashes;
    this.#carried = carried;
    this.#folder = resolve(options.folder);
    this.#viewerUrl = options.hubUrl;
    this.#onReport = options.onReport ?? (() => {});
    this.userId = identity.userId;
    this.ended = new Promise((end) => {
      this.#end = end;
    });
    this.connectedOnce = new Promise((done) => {
      this.#nowConnected = done;
    });
    this.#connection = { is: "connecting", since_ms: clock.wallMs() };
    this.#problems = new Problems(
      () => clock.wallMs(),
      () => this.#changed(),
    );
    this.#scan = this.#makeScan(options);
    this.#uplink = this.#makeUplink(options, identity);
    this.#courier = new Courier({
      delivery: this.#delivery,
      scan: this.#scan,
      uplink: this.#uplink,
      clock,
      onStored: ({ name }) => (this.#last = { name, at_ms: clock.wallMs() }),
      onAcknowledged: (session_id, place) => carried.acknowledged(session_id, place),
      onChange: () => this.#changed(),
    });
  }

  start(): void {
    this.#scan.start();
    this.#uplink.start();
    this.#saveLater();
    this.#changed();
  }

  get looked(): Promise<void> {
    return this.#scan.firstScan;
  }

  report(): AgentReport {
    const ignored = [...this.#scan.ignored.values()].reduce((sum, count) => sum + count, 0);
    return {
      connection: this.#connection,
      sessions: this.#delivery.sessions.size,
      awaitsSessions: this.#awaitsSessions && this.#delivery.sessions.size === 0,
      files: { ...countFiles(this.#scan.standings(), this.#delivery.sessions.values()), ignored },
      last: this.#last,
      viewers: this.#viewers,
      viewerUrl: this.#viewerUrl,
      problems: this.#problems.active,
    };
  }

  stop(): Promise<void> {
    return this.#finish({ is: "stopped" });
  }

  #makeScan(options: AgentOptions): ScanFolder {
    const { extensions = DEFAULT_EXTENSIONS, recursive = false } = options;
    return new ScanFolder({
      files: options.files ?? nodeFolderFiles,
      clock: this.#clock,
      folder: this.#folder,
      rules: { extensions, recursive },
      hashes: this.#hashes,
      onFinished: (file, fresh) => {
        this.#delivery.finished(file, fresh, this.#clock.monotonicMs());
        this.#courier.run();
      },
      onGone: (label) => this.#delivery.gone(label),
      onChange: () => this.#changed(),
    });
  }

  #makeUplink(options: AgentOptions, { agentKey }: Identity): Uplink {
    const desk = new FolderDesk({
      scan: this.#scan,
      delivery: this.#delivery,
      carried: this.#carried,
      monotonicMs: () => this.#clock.monotonicMs(),
      onSessions: () => this.#courier.run(),
    });
    const self = handshake(agentKey, options);
    const auth = () => ({ ...self, sessions: this.#carried.list() });
    return new Uplink(options.hubUrl, auth, this.#clock, {
      onConnected: () => {
        this.#delivery.connected();
        this.#courier.connected();
      },
      // Only now can viewers join: a socket alone is not yet an agent that the hub knows.
      onRegistered: ({ userId, viewerUrl, credit }) => {
        this.#viewerUrl = viewerUrl ?? options.hubUrl;
        this.#awaitSessions();
        this.#setConnection("connected");
        this.#nowConnected();
        this.#delivery.credit(credit);
        const strange =
          userId === this.userId
            ? null
            : "The hub made another User ID of this agent's key. Update the older of the two.";
        this.#problems.set("user-id", strange);
      },
      onDisconnected: () => {
        this.#delivery.disconnected();
        this.#viewers = 0;
        this.#setConnection("offline");
      },
      onViewers: (viewers) => {
        this.#viewers = viewers;
        this.#changed();
      },
      onTrouble: (text) => this.#problems.set("connection", text),
      onSentAway: (sentAway) => void this.#finish({ is: "sent-away", ...sentAway }),
      answer: (event, payload) => desk.answer(event, payload),
    });
  }

  /** The hub names the running sessions right after it has taken the agent: until then "none" is not known. */
  #awaitSessions(): void {
    this.#awaitsSessions = this.#carried.list().length > 0;
    this.#tasks.later("sessions", SESSIONS_WITHIN_MS, () => {
      this.#awaitsSessions = false;
      this.#changed();
    });
  }

  #setConnection(is: "connected" | "offline"): void {
    this.#connection = { is, since_ms: this.#clock.wallMs() };
    this.#sentState = "";
    this.#changed();
  }

  /** Something may have changed: tells the screen and the hub, each at its own pace. */
  #changed(): void {
    this.#tasks.later("report", this.#reportPauseMs, () => {
      const beganMs = this.#clock.monotonicMs();
      this.#problems.set("folder", explainFolder(this.#scan.problem, this.#folder));
      this.#problems.set("files", explainFiles(this.#scan.standings()));
      this.#problems.set("hints", explainHints(this.#scan.hintsRefused));
      this.#problems.set("refused", explainRefused(this.#delivery.sessions.values()));
      this.#onReport(this.report());
      const tookMs = this.#clock.monotonicMs() - beganMs;
      this.#reportPauseMs = Math.max(REPORT_EVERY_MS, tookMs / REPORTS_SHARE);
    });
    this.#tasks.later("state", FOLDER_STATE_EVERY_MS, () => this.#sendFolderState());
  }

  #sendFolderState(): void {
    const { seen, unmatched, owed } = this.report().files;
    const trouble = folderTrouble(this.#scan.problem);
    const counts = { seen, matching: seen - unmatched, owed };
    const state = trouble === null ? counts : { ...counts, trouble };
    const text = JSON.stringify(state);
    if (!this.#uplink.connected || text === this.#sentState) return;
    this.#sentState = text;
    void this.#uplink.request("folder_state", state).then((answer) => {
      if (answer.is === "value" || this.#sentState !== text) return;
      // A quiet folder would not say it again, and the hub would show an old word for ever.
      this.#sentState = "";
      if (answer.is === "no-answer" || answer.error.retryable) this.#changed();
    });
  }

  #saveLater(): void {
    this.#tasks.later("save", SAVE_EVERY_MS, () => void this.#save().finally(() => this.#saveLater()));
  }

  async #save(): Promise<void> {
    try {
      this.#carried.save();
      await this.#hashes.save();
      this.#problems.set("save", null);
    } catch {
      const text =
        "The agent cannot write to its configuration folder. It goes on; after a restart it reads every file once more.";
      this.#problems.set("save", text);
    }
  }

  #finish(end: AgentEnd): Promise<void> {
    this.#ending ??= this.#letGo().then(() => this.#end(end));
    return this.#ending;
  }

  async #letGo(): Promise<void> {
    this.#tasks.stop();
    this.#courier.stop();
    this.#uplink.stop();
    await this.#scan.stop();
    await this.#save();
  }
}
