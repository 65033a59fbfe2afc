import { CREDIT, MAX_OFFERS_PER_PAGE, MAX_PART_BYTES } from "../shared/protocol/limits.ts";
import type { FinishedFile } from "./tracked-file.ts";

/** Where one file stands towards one session. A file is in exactly one of these states. */
export type DebtState =
  /** The hub has not been asked whether it lacks the file. */
  | { readonly is: "unoffered" }
  /** In the page that is under way. */
  | { readonly is: "offered" }
  /** The hub lacks it from byte `next`; `resume`: the hub was not where we thought, wait for its last word. */
  | {
      readonly is: "owed";
      readonly next: number;
      readonly resume: { readonly order: number; readonly from: number } | null;
    }
  /** What was announced is not what can be read: the folder scan looks again. */
  | { readonly is: "rereading" }
  | { readonly is: "stored" }
  | { readonly is: "rejected"; readonly code: string; readonly message: string };

/** Files that came while connected go before what the folder held already. */
export type Tier = "live" | "backlog";

/** One name of one session. `file` is exchanged when the name gets a new finished content. */
export interface Debt {
  file: FinishedFile;
  state: DebtState;
  tier: Tier;
  /** Parts of this name under way. */
  inFlight: number;
  /** Failed tries in a row, and when the next may be. */
  attempts: number;
  notBeforeMs: number;
}

/** A larger live file is offered first: the hub may have a part of it, and the link is not filled unasked. */
const UNASKED_BYTES = MAX_PART_BYTES;
/** Live files that may wait unasked: a window full. More at once is a folder that came back, and is offered. */
const LIVE_WAITING = CREDIT.files;
const FIRST_RETRY_MS = 500;
/** No longer than the connection itself pauses (delivery.ts). */
const SLOWEST_RETRY_MS = 10_000;
/** JSON of one offered file beside its name: hash, two numbers, keys. */
const OFFER_BYTES = 140;

/** What is still owed to one session. Pure; the rules are in delivery.ts. */
export class SessionDebt {
  readonly session_id: string;
  readonly matches: (name: string) => boolean;
  readonly #debts = new Map<string, Debt>();
  readonly #toOffer: Readonly<Record<Tier, Set<Debt>>> = { live: new Set(), backlog: new Set() };
  readonly #toSend: Readonly<Record<Tier | "started", Set<Debt>>> = {
    live: new Set(),
    started: new Set(),
    backlog: new Set(),
  };
  readonly #held = new Set<Debt>();

  constructor(session_id: string, matches: (name: string) => boolean) {
    this.session_id = session_id;
    this.matches = matches;
  }

  get debts(): ReadonlyMap<string, Debt> {
    return this.#debts;
  }

  /** A finished content. `unasked`: it may be sent without an offer if it is small. */
  finished(file: FinishedFile, unasked: boolean, nowMs: number): void {
    const known = this.#debts.get(file.name);
    if (known?.file.sha256 === file.sha256) {
      if (known.state.is === "rereading") this.#again(known, file, nowMs);
      return;
    }
    const fields = {
      file,
      tier: unasked ? ("live" as const) : ("backlog" as const),
      attempts: 0,
      notBeforeMs: 0,
    };
    const state: DebtState = unasked && file.size <= UNASKED_BYTES ? owedFrom(0) : { is: "unoffered" };
    const debt: Debt = known ?? { ...fields, state, inFlight: 0 };
    this.#debts.set(file.name, Object.assign(debt, fields));
    this.set(debt, state, nowMs);
    if (unasked) this.#demoteOldest(nowMs);
  }

  gone(name: string): void {
    const debt = this.#debts.get(name);
    if (debt === undefined) return;
    this.#unqueue(debt);
    this.#debts.delete(name);
  }

  /** Moves a file to another state and into the queue that belongs to it. */
  set(debt: Debt, state: DebtState, nowMs: number): void {
    debt.state = state;
    if (this.#debts.get(debt.file.name) !== debt) return;
    this.#unqueue(debt);
    if (state.is === "unoffered") this.#toOffer[debt.tier].add(debt);
    if (state.is !== "owed" || state.resume !== null || state.next >= debt.file.size) return;
    if (debt.notBeforeMs > nowMs) this.#held.add(debt);
    else if (debt.tier === "live") this.#toSend.live.add(debt);
    else this.#toSend[state.next > 0 ? "started" : "backlog"].add(debt);
  }

  /** Tries again from byte `from`, after a pause that grows with every failure in a row. */
  retry(debt: Debt, from: number, nowMs: number): void {
    debt.attempts += 1;
    debt.notBeforeMs = nowMs + retryDelayMs(debt.attempts);
    this.set(debt, owedFrom(from < debt.file.size ? from : 0), nowMs);
  }

  /** Takes the next files to offer; null when there are none. */
  takePage(maxBytes: number): FinishedFile[] | null {
    const files: FinishedFile[] = [];
    let bytes = 0;
    for (const debt of [...this.#toOffer.live, ...firstOf(this.#toOffer.backlog, MAX_OFFERS_PER_PAGE)]) {
      bytes += offerBytes(debt.file);
      if (files.length === MAX_OFFERS_PER_PAGE || (files.length > 0 && bytes > maxBytes)) break;
      debt.state = { is: "offered" };
      this.#unqueue(debt);
      files.push(debt.file);
    }
    return files.length === 0 ? null : files;
  }

  /** The file whose bytes go next; null when none is due. */
  nextToSend(tiers: readonly (Tier | "started")[], nowMs: number): Debt | null {
    this.#release(nowMs);
    for (const tier of tiers) {
      const [debt] = this.#toSend[tier];
      if (debt !== undefined) return debt;
    }
    return null;
  }

  /** When a held file may go on; infinity when none is held. */
  wakeAtMs(): number {
    return Math.min(...[...this.#held].map(({ notBeforeMs }) => notBeforeMs));
  }

  #release(nowMs: number): void {
    for (const debt of [...this.#held]) if (debt.notBeforeMs <= nowMs) this.set(debt, debt.state, nowMs);
  }

  #again(debt: Debt, file: FinishedFile, nowMs: number): void {
    debt.file = file;
    this.retry(debt, 0, nowMs);
  }

  #demoteOldest(nowMs: number): void {
    const [oldest] = this.#toSend.live;
    if (oldest === undefined || this.#toSend.live.size <= LIVE_WAITING || oldest.inFlight > 0) return;
    oldest.tier = "backlog";
    this.set(oldest, { is: "unoffered" }, nowMs);
  }

  #unqueue(debt: Debt): void {
    this.#held.delete(debt);
    for (const queue of [...Object.values(this.#toOffer), ...Object.values(this.#toSend)]) queue.delete(debt);
  }
}

/** About what an offered file takes in a message. */
export function offerBytes(file: FinishedFile): number {
  return OFFER_BYTES + 2 * file.name.length;
}

export function owedFrom(next: number): DebtState {
  return { is: "owed", next, resume: null };
}

/** The first retry is at once: mostly the hub only forgot an unfinished file. */
function retryDelayMs(attempts: number): number {
  return attempts <= 1 ? 0 : Math.min(SLOWEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (attempts - 2));
}

function firstOf<T>(items: Iterable<T>, count: number): T[] {
  const found: T[] = [];
  for (const item of items) {
    if (found.length === count) break;
    found.push(item);
  }
  return found;
}
