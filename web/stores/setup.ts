import { computed, effect, signal } from "@preact/signals";
import type { AgentStatus, SessionSummary } from "../../shared/protocol/session.ts";
import type { DescribeFolderReply, Proposal } from "../../shared/protocol/viewer-events.ts";
import type { HubLink } from "../connection/hub-link.ts";
import { type Curve, readCurves } from "../log/curve.ts";
import { type DraftFields, fieldsOf, readDraft } from "../setup/draft.ts";
import { sessionLabel } from "../setup/session-label.ts";
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
  readonly proposal = computed<Proposal | null>(() => {
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
  private looked = "";
  private touched = false;
  private byItself = false;

  constructor(link: HubLink, membership: MembershipStore, started: (session: SessionSummary) => void) {
    this.link = link;
    this.membership = membership;
    this.started = started;
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
  }

  choose(index: number): void {
    this.chosen.value = index;
    this.byItself = false;
    this.touched = false;
    this.takeProposal();
  }

  edit(change: Partial<DraftFields>): void {
    const fields = this.fields.value;
    if (fields === null) return;
    this.touched = true;
    this.refusal.value = null;
    this.fields.value = { ...fields, ...change };
    clearTimeout(this.typing);
    this.typing = setTimeout(() => void this.look(), TYPING_MS);
  }

  async start(): Promise<void> {
    const proposal = this.proposal.value;
    const draft = this.draft.value;
    if (proposal === null || draft === null || !draft.ok || this.starting.value) return;
    this.starting.value = true;
    this.refusal.value = null;
    const outcome = await this.link.request("start_analysis_session", {
      user_id: this.membership.userId ?? "",
      technique: proposal.technique,
      filters: { pattern: draft.pattern },
      analysisParams: draft.params,
      label: sessionLabel(proposal),
    });
    this.starting.value = false;
    if (outcome.ok) {
      this.close();
      this.started(outcome.value.session);
    } else {
      const { code, message, details } = outcome.error;
      this.refusal.value = { message, running: code === "agent_busy" ? this.inTheWay(details) : null };
    }
  }

  /** The hub names the session that takes these files already; a proposal may have known it before. */
  private inTheWay(details: unknown): string | null {
    if (typeof details === "object" && details !== null && "session_id" in details)
      return String(details.session_id);
    return this.proposal.value?.running ?? null;
  }

  /** Other files than last time, or an agent that has come back: worth another look. */
  private noticeFiles({ state, files }: AgentStatus): void {
    const found = `${state} ${files?.seen}`;
    const news = this.looked !== found;
    this.looked = found;
    if (!news || state === "offline" || this.again !== undefined) return;
    this.again = setTimeout(() => {
      this.again = undefined;
      if (this.active.peek()) void this.describe();
    }, LOOK_AGAIN_MS);
  }

  private async describe(): Promise<void> {
    const outcome = await this.link.request("describe_folder", { user_id: this.membership.userId ?? "" });
    if (!this.active.peek()) return;
    if (!outcome.ok) {
      const { code, message } = outcome.error;
      this.folder.value = code === "folder_empty" ? { kind: "empty" } : { kind: "problem", message };
      return;
    }
    const before = this.proposal.peek()?.filters.pattern;
    this.folder.value = { kind: "described", reply: outcome.value };
    const same = outcome.value.proposals.findIndex((proposal) => proposal.filters.pattern === before);
    this.chosen.value = Math.max(0, same);
    if (!this.touched || same < 0) this.takeProposal();
    else void this.look();
  }

  private takeProposal(): void {
    const proposal = this.proposal.value;
    this.refusal.value = null;
    this.fields.value = proposal === null ? null : fieldsOf(proposal.filters.pattern, proposal.params);
    void this.look();
  }

  /** The sample's fit with the settings as they are; of several answers only the last one counts. */
  private async look(): Promise<void> {
    const proposal = this.proposal.value;
    const draft = this.draft.value;
    if (proposal === null || draft === null || !draft.ok) return;
    this.previews += 1;
    const turn = this.previews;
    const outcome = await this.link.request("preview_file", {
      user_id: this.membership.userId ?? "",
      name: proposal.sample,
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
