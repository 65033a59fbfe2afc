import type { Credit, StreamReply } from "../shared/protocol/agent-events.ts";
import { type DeliveryFailure, meaningOf } from "./delivery-failure.ts";
import { type Flight, Flights } from "./flights.ts";
import { type Debt, type DebtState, owedFrom, SessionDebt } from "./session-debt.ts";
import type { FinishedFile } from "./tracked-file.ts";

/*
 * What the hub still lacks. A pure state machine: facts come in, actions come out; time is an argument.
 *
 * [D1] Sessions belong to a connection. After every connect the hub names the running ones, and naming one (again)
 *      starts it over: every matching file is offered. So the agent needs no memory of what was delivered.
 * [D2] Every matching file is in exactly one state per session.
 * [D3] A resent file is stored once: `duplicate` ends the debt exactly like `stored`.
 * [D4] A small file that is finished while connected is sent at once, unasked.
 * [D5] All other files are offered in pages, and only the wanted ones are sent, from where the hub says.
 * [D6] The newest live files go before any backlog; when more of them wait than the window holds, the oldest is
 *      offered instead.
 * [D7] What is under way stays inside the credit window of the latest reply, so a lost reply cannot leak credit.
 *      The backlog leaves one file's place in it for live files.
 * [D8] The hub is the judge of how much it has: `partial` is obeyed, after the replies to everything under way.
 * [D9] Of one name only one content is under way: the hub compares a content with the latest it has stored.
 * [D10] `hash_mismatch`, or bytes that can no longer be read: the scan reads the file again.
 * [D11] A retryable error is tried again, ever more slowly, and all sending pauses; `rejected` and errors about the
 *      file are final; an error about the session drops the session.
 * [D12] Nothing survives a disconnect but the debts: answers that come late are ignored.
 */

export type DeliveryAction =
  | {
      readonly do: "offer";
      readonly token: number;
      readonly session_id: string;
      readonly files: readonly FinishedFile[];
    }
  | {
      readonly do: "send";
      readonly token: number;
      readonly session_id: string;
      readonly file: FinishedFile;
      readonly from: number;
      readonly length: number;
      readonly live: boolean;
    }
  | { readonly do: "reread"; readonly name: string };

interface Page {
  readonly token: number;
  readonly session: SessionDebt;
  readonly files: readonly FinishedFile[];
}

const FIRST_PAUSE_MS = 250;
/** Half of the 20 s in which everything is there after the hub's store came back, however long it was away. */
const LONGEST_PAUSE_MS = 10_000;

export class Delivery {
  readonly #sessions = new Map<string, SessionDebt>();
  readonly #flights = new Flights();
  readonly #rereads = new Set<string>();
  #page: Page | null = null;
  #connected = false;
  #lastToken = 0;
  #failures = 0;
  #pausedUntilMs = 0;

  /** [D1] */
  connected(): void {
    this.disconnected();
    this.#sessions.clear();
    this.#connected = true;
  }

  /** [D12] What was under way is owed as before; the counts stay true while offline. */
  disconnected(): void {
    this.#connected = false;
    this.#flights.lose();
    this.#page = null;
    this.#failures = 0;
    this.#pausedUntilMs = 0;
  }

  credit(credit: Credit): void {
    this.#flights.credit = credit;
  }

  /** [D1] */
  setSession(
    session_id: string,
    matches: (name: string) => boolean,
    finished: Iterable<FinishedFile>,
    nowMs: number,
  ): void {
    const session = new SessionDebt(session_id, matches);
    this.#sessions.set(session_id, session);
    for (const file of finished) if (matches(file.name)) session.finished(file, false, nowMs);
  }

  removeSession(session_id: string): void {
    this.#sessions.delete(session_id);
  }

  get sessions(): ReadonlyMap<string, SessionDebt> {
    return this.#sessions;
  }

  finished(file: FinishedFile, fresh: boolean, nowMs: number): void {
    for (const session of this.#sessions.values()) {
      if (session.matches(file.name)) session.finished(file, fresh && this.#connected, nowMs);
    }
  }

  gone(name: string): void {
    for (const session of this.#sessions.values()) session.gone(name);
  }

  /** The next thing to do, or null: then ask again after an input, or at `wakeAtMs`. @param partBytes what the link takes in a second */
  next(nowMs: number, partBytes: number): DeliveryAction | null {
    const [name] = this.#rereads;
    if (name !== undefined) {
      this.#rereads.delete(name);
      return { do: "reread", name };
    }
    if (!this.#connected || nowMs < this.#pausedUntilMs) return null;
    return (
      this.#nextPart(["live"], nowMs, partBytes) ??
      this.#nextPage(partBytes) ??
      this.#nextPart(["started", "backlog"], nowMs, partBytes)
    );
  }

  /** When `next` may have something to do without any further input; infinity when not. */
  wakeAtMs(nowMs: number): number {
    if (!this.#connected) return Number.POSITIVE_INFINITY;
    if (nowMs < this.#pausedUntilMs) return this.#pausedUntilMs;
    return Math.min(...[...this.#sessions.values()].map((session) => session.wakeAtMs()));
  }

  /** [D5] */
  offerAnswered(
    token: number,
    wanted: readonly { readonly name: string; readonly from: number }[],
    nowMs: number,
  ): void {
    const page = this.#takePage(token);
    if (page === null) return;
    this.#failures = 0;
    const from = new Map(wanted.map((file) => [file.name, file.from]));
    this.#settlePage(page, nowMs, (file) => {
      const start = from.get(file.name);
      return start === undefined ? { is: "stored" } : owedFrom(start < file.size ? start : 0);
    });
  }

  /** [D11] A page that the hub will never take is sent file by file, so that one bad name spoils no other. */
  offerFailed(token: number, failure: DeliveryFailure, nowMs: number): void {
    const page = this.#takePage(token);
    if (page === null || this.#sessionEnded(page.session, failure)) return;
    const refused = meaningOf(failure) === "file-refused";
    this.#settlePage(page, nowMs, () => (refused ? owedFrom(0) : { is: "unoffered" }));
    if (!refused) this.#pause(nowMs);
  }

  /** False once the connection is another one: the part must not be sent any more. */
  isUnderWay(token: number): boolean {
    return this.#flights.has(token);
  }

  partAnswered(token: number, reply: StreamReply, nowMs: number): void {
    const flight = this.#flights.land(token);
    if (flight === null) return;
    this.#flights.credit = reply.credit;
    this.#failures = 0;
    const { session, debt, file } = flight;
    if (debt.file !== file || debt.state.is !== "owed") return;
    if (reply.outcome === "partial") {
      this.#goOn(token, flight, reply.from, nowMs);
      return;
    }
    debt.attempts = 0;
    const { outcome } = reply;
    session.set(
      debt,
      outcome === "rejected"
        ? { is: "rejected", code: reply.code, message: reply.message }
        : { is: "stored" },
      nowMs,
    );
  }

  partFailed(token: number, failure: DeliveryFailure, nowMs: number): void {
    const flight = this.#flights.land(token);
    if (flight === null || this.#sessionEnded(flight.session, failure)) return;
    const { session, debt, file, from } = flight;
    const meaning = meaningOf(failure);
    if (meaning === "try-again") this.#pause(nowMs);
    if (debt.file !== file || debt.state.is !== "owed") return;
    if (meaning === "other-bytes") this.#reread(session, debt, nowMs);
    else if (meaning === "file-refused" && failure !== "no-answer") {
      session.set(debt, { is: "rejected", code: failure.code, message: failure.message }, nowMs);
    } else this.#resume(token, session, debt, from, nowMs);
  }

  /** [D10] The bytes for this part could not be read any more. */
  partUnreadable(token: number, nowMs: number): void {
    const flight = this.#flights.land(token);
    if (flight === null) return;
    const { session, debt, file } = flight;
    if (debt.file === file && debt.state.is === "owed") this.#reread(session, debt, nowMs);
  }

  #nextPart(
    tiers: readonly ("live" | "started" | "backlog")[],
    nowMs: number,
    partBytes: number,
  ): DeliveryAction | null {
    const isLive = tiers.includes("live");
    for (const session of this.#sessions.values()) {
      const debt = session.nextToSend(tiers, nowMs);
      if (debt === null || debt.state.is !== "owed") continue;
      const { file, state } = debt;
      const length = Math.min(partBytes, this.#flights.credit.bytes, file.size - state.next);
      if (!this.#flights.hasRoom(debt, length, isLive, partBytes)) continue;
      if (this.#flights.olderUnderWay(session, file)) continue;
      const token = ++this.#lastToken;
      this.#flights.start(token, { session, debt, file, from: state.next, length });
      session.set(debt, owedFrom(state.next + length), nowMs);
      this.#takeTurn(session);
      const { session_id } = session;
      return { do: "send", token, session_id, file, from: state.next, length, live: debt.tier === "live" };
    }
    return null;
  }

  #nextPage(partBytes: number): DeliveryAction | null {
    if (this.#page !== null) return null;
    for (const session of this.#sessions.values()) {
      const files = session.takePage(partBytes);
      if (files === null) continue;
      const token = ++this.#lastToken;
      this.#page = { token, session, files };
      this.#takeTurn(session);
      return { do: "offer", token, session_id: session.session_id, files };
    }
    return null;
  }

  /** The session that was served goes to the end, so that none waits for another's backlog. */
  #takeTurn(session: SessionDebt): void {
    if (this.#sessions.delete(session.session_id)) this.#sessions.set(session.session_id, session);
  }

  #takePage(token: number): Page | null {
    const page = this.#page;
    if (page === null || page.token !== token) return null;
    this.#page = null;
    return this.#sessions.get(page.session.session_id) === page.session ? page : null;
  }

  #settlePage(page: Page, nowMs: number, stateOf: (file: FinishedFile) => DebtState): void {
    for (const file of page.files) {
      const debt = page.session.debts.get(file.name);
      // A newer content of that name has a state of its own.
      if (debt?.file === file && debt.state.is === "offered") page.session.set(debt, stateOf(file), nowMs);
    }
  }

  /** [D8] */
  #goOn(token: number, { session, debt, file, from, length }: Flight, hubHas: number, nowMs: number): void {
    if (debt.state.is !== "owed") return;
    const asExpected = hubHas === from + length && hubHas < file.size && debt.state.resume === null;
    if (asExpected) debt.attempts = 0;
    else this.#resume(token, session, debt, hubHas, nowMs);
  }

  /** Notes where to go on; goes on when nothing of the file is under way any more. The latest part's word counts. */
  #resume(order: number, session: SessionDebt, debt: Debt, from: number, nowMs: number): void {
    if (debt.state.is !== "owed") return;
    const { resume, next } = debt.state;
    const latest = resume === null || order > resume.order ? { order, from } : resume;
    session.set(debt, { is: "owed", next, resume: latest }, nowMs);
    if (debt.inFlight === 0) session.retry(debt, latest.from, nowMs);
  }

  #reread(session: SessionDebt, debt: Debt, nowMs: number): void {
    session.set(debt, { is: "rereading" }, nowMs);
    this.#rereads.add(debt.file.name);
  }

  #sessionEnded(session: SessionDebt, failure: DeliveryFailure): boolean {
    if (meaningOf(failure) !== "session-ended") return false;
    if (this.#sessions.get(session.session_id) === session) this.#sessions.delete(session.session_id);
    return true;
  }

  /** What was under way together fails for one reason, and counts once. */
  #pause(nowMs: number): void {
    if (nowMs < this.#pausedUntilMs) return;
    this.#pausedUntilMs = nowMs + Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.#failures);
    this.#failures += 1;
  }
}
