import { computed, effect, signal, untracked } from "@preact/signals";
import type { AgentStatus, SessionSummary } from "../../shared/protocol/session.ts";
import type { DescribeFolderReply, Proposal } from "../../shared/protocol/viewer-events.ts";
import type { HubLink } from "../connection/hub-link.ts";
import { type Curve, readCurves } from "../log/curve.ts";
import { type DraftFields, fieldsOf, readDraft } from "../setup/draft.ts";
import { sessionLabel } from "../setup/session-label.ts";
import { DescribedTableStore } from "./described-table.ts";
import type { MembershipStore } from "./membership.ts";

export type FolderState =
  | { readonly kind: "asking" }
  | { readonly kind: "described"; readonly reply: DescribeFolderReply }
  | { readonly kind: "empty" }
  | { readonly kind: "problem"; readonly message: string };

export type Preview =
  | { readonly kind: "none" }
  | { readonly kind: "shown"; readonly curves: readonly Curve[]; readonly warnings: readonly string[] }
  | { readonly kind: "problem"; readonly message: string };

export interface Refusal {
  readonly message: string;
  /** The running session that is in the way, if the hub named one. */
  readonly running: string | null;
}

/** Files of the folder that the pattern matches, as it stands. */
export type Matches =
  | { readonly kind: "none" }
  | {
      readonly kind: "counted";
      readonly matching: number;
      readonly total: number;
      readonly names: readonly string[];
    }
  | { readonly kind: "problem"; readonly message: string };

/** Proposals of one look and the next are the same when they take the same files for the same technique. */
export function proposalKey({ technique, filters }: Pick<Proposal, "technique" | "filters">): string {
  return `${technique} ${filters.pattern}`;
}

/** Names that are offered as samples. */
const OFFERED_NAMES = 50;
/** New files are looked at again, but not more often than this. */
const LOOK_AGAIN_MS = 3000;
/** A pause in typing before the preview is made anew. */
const TYPING_MS = 250;

/** The way to a new session: what is in the folder, one proposal, its preview, and the start. */
export class SetupStore {
  readonly active = signal(false);
  readonly folder = signal<FolderState>({ kind: "asking" });
  readonly chosen = signal(0);
  readonly fields = signal<DraftFields | null>(null);
  readonly adjusting = signal(false);
  readonly preview = signal<Preview>({ kind: "none" });
  readonly starting = signal(false);
  readonly refusal = signal<Refusal | null>(null);
  /** Keys of proposals that start beside the one that is shown. */
  readonly picked = signal<ReadonlySet<string>>(new Set());
  readonly matches = signal<Matches>({ kind: "none" });
  /** Another file of the proposal, chosen by hand. */
  readonly sample = signal<string | null>(null);
  readonly table: DescribedTableStore;
  readonly proposal = computed<Proposal | null>(() => {
    if (this.table.sample.value !== null) return this.table.proposal.value;
    const folder = this.folder.value;
    return folder.kind === "described" ? (folder.reply.proposals[this.chosen.value] ?? null) : null;
  });
  readonly draft = computed(() => {
    const proposal = this.proposal.value;
    const fields = this.fields.value;
    return proposal === null || fields === null ? null : readDraft(fields, proposal.params);
  });
  private readonly link: HubLink;
  private readonly membership: MembershipStore;
  private readonly started: (session: SessionSummary) => void;
  private previews = 0;
  private typing: ReturnType<typeof setTimeout> | undefined;
  private again: ReturnType<typeof setTimeout> | undefined;
  private looks = 0;
  private looked: number | undefined;
  /** Since when the agent and its folder can be reached (ms, hub's clock); null while they cannot. */
  private reachable: number | null | undefined;
  private touched = false;
  private byItself = false;

  constructor(link: HubLink, membership: MembershipStore, started: (session: SessionSummary) => void) {
    this.link = link;
    this.membership = membership;
    this.started = started;
    this.table = new DescribedTableStore(link, () => membership.userId ?? "");
    effect(() => {
      // What is described has changed: its curve follows at once.
      if (this.table.proposal.value !== null) untracked(() => this.takeProposal());
      else if (this.table.sample.value !== null) this.preview.value = { kind: "none" };
    });
    effect(() => {
      const agent = this.membership.agent.value;
      if (this.active.value && agent !== null) this.noticeFiles(agent);
    });
  }

  /**
   * Shows the way to a new session, with a fresh look into the folder.
   *
   * @param byItself nobody asked for it: there is no session to show
   */
  open(byItself = false): void {
    this.byItself = byItself;
    this.refusal.value = null;
    this.touched = false;
    this.folder.value = { kind: "asking" };
    this.active.value = true;
    void this.describe();
  }

  /** After a reconnect: what was asked for in between had no answer. */
  resume(): void {
    if (this.active.peek()) void this.describe();
  }

  /** A session exists now, started elsewhere: who has not begun to choose here wants to see it. */
  giveWay(): void {
    if (this.byItself && !this.touched) this.close();
  }

  close(): void {
    this.active.value = false;
    this.reachable = undefined;
    this.picked.value = new Set();
    this.table.close();
  }

  /** Opens the description of a table that nothing recognised, or that is to be read otherwise. */
  async describeTable(name: string, pattern: string): Promise<void> {
    this.byItself = false;
    this.touched = false;
    this.refusal.value = null;
    this.sample.value = null;
    await this.table.open(name, pattern);
  }

  leaveTable(): void {
    this.table.close();
    this.takeProposal();
  }

  /** Takes a proposal to what starts together, or out of it. */
  pick(proposal: Proposal, isPicked: boolean): void {
    this.byItself = false;
    const picked = new Set(this.picked.value);
    if (isPicked) picked.add(proposalKey(proposal));
    else picked.delete(proposalKey(proposal));
    this.picked.value = picked;
  }

  /** Proposals beside the one that is shown, which start with it. */
  readonly alsoStarting = computed<readonly Proposal[]>(() => {
    const folder = this.folder.value;
    const shown = this.proposal.value;
    if (folder.kind !== "described" || shown === null || this.table.sample.value !== null) return [];
    return folder.reply.proposals.filter(
      (one) =>
        one.running === null &&
        proposalKey(one) !== proposalKey(shown) &&
        this.picked.value.has(proposalKey(one)),
    );
  });

  chooseSample(name: string): void {
    this.byItself = false;
    this.sample.value = name;
    const described = this.table.sample.peek();
    if (described !== null) void this.table.open(name, described.pattern);
    else void this.look();
  }

  choose(index: number): void {
    this.chosen.value = index;
    this.byItself = false;
    this.touched = false;
    this.sample.value = null;
    this.takeProposal();
  }

  edit(change: Partial<DraftFields>): void {
    const fields = this.fields.value;
    if (fields === null) return;
    this.touched = true;
    this.refusal.value = null;
    this.fields.value = { ...fields, ...change };
    clearTimeout(this.typing);
    this.typing = setTimeout(() => {
      void this.look();
      void this.count();
    }, TYPING_MS);
  }

  async start(): Promise<void> {
    const proposal = this.proposal.value;
    const draft = this.draft.value;
    if (proposal === null || draft === null || !draft.ok || this.starting.value) return;
    this.starting.value = true;
    this.refusal.value = null;
    const others = this.alsoStarting.value;
    const shown = { ...proposal, filters: { pattern: draft.pattern }, params: draft.params };
    let last: SessionSummary | null = null;
    // The one that is shown last is the newest session, and stays in view.
    for (const one of [...others, shown]) {
      const outcome = await this.link.request("start_analysis_session", {
        user_id: this.membership.userId ?? "",
        technique: one.technique,
        filters: one.filters,
        analysisParams: one.params,
        label: sessionLabel(one),
      });
      if (!outcome.ok) {
        const { code, message, details } = outcome.error;
        this.refusal.value = { message, running: code === "agent_busy" ? this.inTheWay(details) : null };
        break;
      }
      last = outcome.value.session;
      this.pick(one, false);
    }
    this.starting.value = false;
    if (last === null) return;
    if (this.refusal.value === null) this.close();
    else void this.describe();
    this.started(last);
  }

  /** The hub names the session that takes these files already; a proposal may have known it before. */
  private inTheWay(details: unknown): string | null {
    if (typeof details === "object" && details !== null && "session_id" in details)
      return String(details.session_id);
    return this.proposal.value?.running ?? null;
  }

  /** Other files than last time, or a folder that can be reached again: worth another look. */
  private noticeFiles({ state, since_ms, files, folder_trouble }: AgentStatus): void {
    const before = this.reachable;
    this.reachable = state === "online" && folder_trouble === undefined ? since_ms : null;
    const news = this.looked !== files?.seen;
    this.looked = files?.seen;
    if (this.reachable === null || before === undefined) return;
    if (before !== this.reachable) untracked(() => this.lookNow());
    else if (news) this.lookLater();
  }

  /** What was said while the folder could not be reached holds no longer. */
  private lookNow(): void {
    const { kind } = this.folder.peek();
    if (kind === "problem" || kind === "empty") this.folder.value = { kind: "asking" };
    this.refusal.value = null;
    clearTimeout(this.again);
    this.again = undefined;
    void this.describe();
  }

  private lookLater(): void {
    this.again ??= setTimeout(() => {
      this.again = undefined;
      if (this.active.peek()) void this.describe();
    }, LOOK_AGAIN_MS);
  }

  private async describe(): Promise<void> {
    this.looks += 1;
    const turn = this.looks;
    const outcome = await this.link.request("describe_folder", { user_id: this.membership.userId ?? "" });
    // An answer that was on its way while the agent went and came back says nothing of now.
    if (!this.active.peek() || turn !== this.looks) return;
    if (!outcome.ok) {
      const { code, message } = outcome.error;
      this.folder.value = code === "folder_empty" ? { kind: "empty" } : { kind: "problem", message };
      // The agent may say that it reads its folder again before this page ever heard that it did not.
      if (code === "folder_unreadable" && typeof this.reachable === "number") this.lookLater();
      return;
    }
    const shown = this.proposal.peek();
    const before = shown === null ? null : proposalKey(shown);
    this.folder.value = { kind: "described", reply: outcome.value };
    if (this.table.sample.peek() !== null) return;
    const same = outcome.value.proposals.findIndex((proposal) => proposalKey(proposal) === before);
    this.chosen.value = Math.max(0, same);
    if (!this.touched || same < 0) this.takeProposal();
    else void this.look();
  }

  private takeProposal(): void {
    const proposal = this.proposal.value;
    this.refusal.value = null;
    this.fields.value = proposal === null ? null : fieldsOf(proposal.filters.pattern, proposal.params);
    void this.look();
    void this.count();
  }

  /** How many files the pattern matches, and which could be shown. */
  private async count(): Promise<void> {
    const draft = this.draft.value;
    const pattern = this.fields.value?.pattern.trim() ?? "";
    if (draft === null || pattern === "") {
      this.matches.value = { kind: "none" };
      return;
    }
    const user_id = this.membership.userId ?? "";
    const outcome = await this.link.request("match_files", { user_id, pattern, limit: OFFERED_NAMES });
    if (pattern !== this.fields.value?.pattern.trim()) return;
    this.matches.value = outcome.ok
      ? { kind: "counted", ...outcome.value }
      : { kind: "problem", message: outcome.error.message };
  }

  /** The sample's fit with the settings as they are; of several answers only the last one counts. */
  private async look(): Promise<void> {
    const proposal = this.proposal.value;
    const draft = this.draft.value;
    if (proposal === null || draft === null || !draft.ok) return;
    this.previews += 1;
    const turn = this.previews;
    if (this.table.sample.peek() !== null) {
      const drawn = this.table.curves(draft.params, draft.pattern);
      this.preview.value = drawn.ok
        ? { kind: "shown", curves: drawn.curves, warnings: drawn.warnings }
        : { kind: "problem", message: drawn.message };
      return;
    }
    const outcome = await this.link.request("preview_file", {
      user_id: this.membership.userId ?? "",
      name: this.sample.peek() ?? proposal.sample,
      technique: proposal.technique,
      params: draft.params,
      pattern: draft.pattern,
    });
    if (turn !== this.previews) return;
    this.preview.value = outcome.ok
      ? {
          kind: "shown",
          curves: readCurves(outcome.value.voltammograms),
          warnings: outcome.value.warnings,
        }
      : { kind: "problem", message: outcome.error.message };
  }
}
