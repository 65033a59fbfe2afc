import { computed, effect, signal } from "@preact/signals";
import type { ExportFormat } from "../../shared/protocol/export-format.ts";
import type { ExportInMaking, ReadyExport } from "../../shared/protocol/export-request.ts";
import type { SessionSummary } from "../../shared/protocol/session.ts";
import { isOver, type TaskView } from "../../shared/protocol/task.ts";
import type { HubLink } from "../connection/hub-link.ts";
import type { Credential } from "../share/credential.ts";
import type { TextStore } from "./remembered.ts";
import type { TaskStore } from "./tasks.ts";

export type ExportState =
  | { readonly kind: "idle" }
  | { readonly kind: "asking" }
  /** Being made on the hub, as `tasks` tells. */
  | { readonly kind: "making"; readonly task_id: string }
  | { readonly kind: "ready"; readonly filename: string; readonly href: string; readonly files: number }
  | { readonly kind: "failed"; readonly message: string };

/** Where the last export of a session ended; it means nothing in a log that began anew (another epoch). */
interface LastExport {
  readonly epoch: string;
  readonly end: number;
}

/** A program that reads a session's results by itself. */
export interface ReadingProgram {
  readonly language: "Python" | "R";
  readonly text: string;
}

/** Sessions whose last export is remembered. */
const KEPT = 200;
const STORAGE_KEY = "benchcast.exports";

/** Exports of the shown session: asked for on the socket, downloaded over HTTP. */
export class ExportStore {
  readonly open = signal(false);
  readonly format = signal<ExportFormat>("csv");
  readonly onlyNew = signal(false);
  readonly state = signal<ExportState>({ kind: "idle" });
  readonly isAsking = computed(() => this.state.value.kind === "asking");
  private readonly link: HubLink;
  private readonly hubUrl: string;
  private readonly userId: () => string | null;
  private readonly storage: TextStore;
  private readonly tasks: TaskStore;
  /** Large exports that this page has asked for and not been given yet. */
  private readonly asked = new Map<string, ExportInMaking>();
  private readonly lasts = signal<Readonly<Record<string, LastExport>>>({});

  constructor(
    link: HubLink,
    { hubUrl, userId, tasks }: { hubUrl: string; userId: () => string | null; tasks: TaskStore },
    storage: TextStore,
  ) {
    this.link = link;
    this.hubUrl = hubUrl;
    this.userId = userId;
    this.tasks = tasks;
    this.storage = storage;
    this.lasts.value = readLasts(storage.getItem(STORAGE_KEY));
    effect(() => {
      for (const task of tasks.exports.value) this.follow(task);
    });
  }

  show(): void {
    this.state.value = { kind: "idle" };
    this.onlyNew.value = false;
    this.open.value = true;
  }

  close(): void {
    this.open.value = false;
  }

  /** The offset at which the last export of the session ended; null where there is none that still counts. */
  lastEnd({ session_id, epoch, head }: SessionSummary): number | null {
    const last = this.lasts.value[session_id];
    return last?.epoch === epoch && last.end <= head ? last.end : null;
  }

  /** Asks for the export and lets the browser download it. */
  async start(session: SessionSummary): Promise<void> {
    if (this.isAsking.value) return;
    const since = this.onlyNew.value ? (this.lastEnd(session) ?? 0) : 0;
    this.state.value = { kind: "asking" };
    const outcome = await this.link.request("request_export_data", {
      user_id: this.userId() ?? "",
      session_id: session.session_id,
      format: this.format.value,
      ...(since > 0 && { since, epoch: session.epoch }),
    });
    if (!outcome.ok) {
      this.state.value = { kind: "failed", message: outcome.error.message };
      return;
    }
    const reply = outcome.value;
    if ("path" in reply) {
      this.hand(reply, reply);
      return;
    }
    const { task } = reply;
    this.state.value = { kind: "making", task_id: task.task_id };
    this.asked.set(task.task_id, reply);
    this.tasks.take(task);
  }

  /** Whether this page has asked for it: who only watches may take back no other. */
  isOwn(taskId: string): boolean {
    return this.asked.has(taskId);
  }

  /** What this page has asked for is downloaded as soon as it is made. */
  private follow(task: TaskView): void {
    const asked = this.asked.get(task.task_id);
    if (asked === undefined || !isOver(task)) return;
    this.asked.delete(task.task_id);
    if (task.result !== null) this.hand(task.result, asked);
  }

  private hand(
    { path, filename }: Pick<ReadyExport, "path" | "filename">,
    of: Omit<ExportInMaking, "task">,
  ): void {
    const { session_id, epoch, since, end } = of;
    const href = this.address(path);
    download(href, filename);
    this.remember(session_id, { epoch, end });
    this.state.value = { kind: "ready", filename, href, files: end - since };
  }

  /** Ready to run: it carries the key that this page was opened with, for the hub asks for it. */
  programs(session_id: string, credential: Credential): readonly ReadingProgram[] {
    const url = this.address(`/api/sessions/${session_id}/export.csv`);
    const key = credential.kind === "user-id" ? credential.userId : credential.token;
    return [
      {
        language: "Python",
        text:
          `import pandas as pd\n\nruns = pd.read_csv("${url}", float_precision="round_trip",\n` +
          `                   storage_options={"Authorization": "Bearer ${key}"})\n`,
      },
      {
        language: "R",
        text:
          `download.file("${url}", "run.csv",\n              headers = c(Authorization = "Bearer ${key}"))\n` +
          `runs <- read.csv("run.csv")\n`,
      },
    ];
  }

  dismiss(): void {
    this.state.value = { kind: "idle" };
    this.open.value = false;
  }

  address(path: string): string {
    return new URL(path.replace(/^\//, ""), this.hubUrl).href;
  }

  private remember(sessionId: string, last: LastExport): void {
    const { [sessionId]: _, ...others } = this.lasts.value;
    const kept = Object.entries(others).slice(-(KEPT - 1));
    this.lasts.value = Object.fromEntries([...kept, [sessionId, last]]);
    this.storage.setItem(STORAGE_KEY, JSON.stringify(this.lasts.value));
  }
}

/** What this page wrote earlier; anything else counts as nothing. */
function readLasts(text: string | null): Record<string, LastExport> {
  try {
    const read: unknown = JSON.parse(text ?? "{}");
    if (typeof read !== "object" || read === null) return {};
    return Object.fromEntries(
      Object.entries(read as Record<string, Partial<LastExport> | null>).flatMap(([id, last]) =>
        typeof last?.epoch === "string" && typeof last.end === "number"
          ? [[id, { epoch: last.epoch, end: last.end }]]
          : [],
      ),
    );
  } catch {
    return {};
  }
}

function download(href: string, filename: string): void {
  const anchor = document.createElement("a");
  anchor.href = href;
  anchor.download = filename;
  anchor.click();
}
