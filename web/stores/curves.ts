import { signal } from "@preact/signals";
import type { LiveAnalysisUpdate } from "../../shared/protocol/viewer-events.ts";
import type { AsksHub } from "../connection/hub-request.ts";
import { type Curve, readCurves } from "../log/curve.ts";
import type { SessionLog } from "../log/session-log.ts";

/** One file of one state of a log. */
export interface CurvePlace {
  readonly sessionId: string;
  readonly log: SessionLog;
  readonly offset: number;
}

/** Files whose curves are kept: 300 × 2 electrodes × 600 points × 4 columns × 4 B = 6 MB. */
const KEPT_FILES = 300;
/** Requests on their way at once: a reader who sweeps along the trend must not fill the line. */
const IN_FLIGHT = 2;
/** Before a curve that could not be had just now is asked for again; doubled each time, up to the longest. */
const PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 8_000;

/** Calls back after a while. */
type Pause = (done: () => void, ms: number) => unknown;

type Kept = { readonly curves: readonly Curve[]; readonly whole: boolean; readonly problem: string | null };

/** Voltammograms that were pushed or asked for. */
export class CurveStore {
  /** Moves when a curve has arrived. */
  readonly arrived = signal(0);
  private readonly link: AsksHub;
  private readonly userId: () => string | null;
  private readonly pause: Pause;
  private kept = new Map<string, Kept>();
  private wanted: readonly CurvePlace[] = [];
  private readonly asked = new Set<string>();
  /** What could not be had just now, with the pause before it is asked for again. */
  private resting = new Map<string, { readonly pauseMs: number; over: boolean }>();

  constructor(link: AsksHub, userId: () => string | null, pause: Pause = (done, ms) => setTimeout(done, ms)) {
    this.link = link;
    this.userId = userId;
    this.pause = pause;
  }

  reset(): void {
    this.kept = new Map();
    this.wanted = [];
    this.resting = new Map();
  }

  /** After every join: nobody waits out a pause for a hub that is back. */
  joined(): void {
    this.resting = new Map();
    this.askNext();
  }

  /** Curves of one file as far as they are here. */
  of(place: CurvePlace): readonly Curve[] {
    return this.kept.get(keyOf(place))?.curves ?? [];
  }

  /** Why the curves of a file cannot be had, null while that is not known. */
  problemOf(place: CurvePlace): string | null {
    return this.kept.get(keyOf(place))?.problem ?? null;
  }

  /** Whether there is nothing more to wait for: all `electrodes` are here, or the hub has said why not. */
  complete(place: CurvePlace, electrodes: readonly number[]): boolean {
    const kept = this.kept.get(keyOf(place));
    if (kept === undefined) return false;
    return kept.whole || electrodes.every((one) => kept.curves.some((curve) => curve.electrode === one));
  }

  /** What is on the screen now; replaces the earlier wish. A file of which all `electrodes` are here is not asked for. */
  want(places: readonly CurvePlace[], electrodes: readonly number[]): void {
    this.wanted = places.filter((place) => !this.complete(place, electrodes));
    const wanted = new Set(this.wanted.map(keyOf));
    for (const [key, { over }] of this.resting) if (over && !wanted.has(key)) this.resting.delete(key);
    this.askNext();
  }

  /** Curves that came with a live push: those of watched traces. */
  take(update: LiveAnalysisUpdate): void {
    const byOffset = new Map<number, Curve[]>();
    for (const curve of readCurves(update.curves)) {
      if (curve.offset === null) continue;
      byOffset.set(curve.offset, [...(byOffset.get(curve.offset) ?? []), curve]);
    }
    for (const [offset, curves] of byOffset) {
      this.keep(keyFor(update.session_id, update.epoch, update.version, offset), {
        curves,
        whole: false,
        problem: null,
      });
    }
    if (byOffset.size > 0) this.arrived.value += 1;
  }

  private askNext(): void {
    for (const place of this.wanted) {
      if (this.asked.size >= IN_FLIGHT) return;
      const key = keyOf(place);
      const isResting = this.resting.get(key)?.over === false;
      if (!this.asked.has(key) && !isResting) void this.ask(place, key);
    }
  }

  private async ask(place: CurvePlace, key: string): Promise<void> {
    this.asked.add(key);
    const { sessionId: session_id, log, offset } = place;
    const outcome = await this.link.request("get_voltammogram", {
      user_id: this.userId() ?? "",
      session_id,
      offset,
      // After a re-analysis the numbers of before are shown until all new ones are here; their curves belong to them.
      ...(log.version !== null && { version: log.version }),
    });
    this.asked.delete(key);
    // Between a new connection and its join the hub knows nobody.
    if (!outcome.ok && (outcome.error.retryable || outcome.error.code === "not_joined")) {
      this.rest(key);
      this.askNext();
      return;
    }
    this.resting.delete(key);
    this.wanted = this.wanted.filter((one) => keyOf(one) !== key);
    if (outcome.ok) {
      this.keep(key, { curves: readCurves(outcome.value.voltammograms), whole: true, problem: null });
    } else {
      this.keep(key, { curves: [], whole: true, problem: outcome.error.message });
    }
    this.arrived.value += 1;
    this.askNext();
  }

  /** Asks again after a pause, if the curve is still wanted then. */
  private rest(key: string): void {
    const before = this.resting.get(key)?.pauseMs ?? PAUSE_MS / 2;
    const rest = { pauseMs: Math.min(2 * before, LONGEST_PAUSE_MS), over: false };
    this.resting.set(key, rest);
    this.pause(() => {
      rest.over = true;
      this.askNext();
    }, rest.pauseMs);
  }

  private keep(key: string, kept: Kept): void {
    this.kept.delete(key);
    this.kept.set(key, kept);
    for (const oldest of this.kept.keys()) {
      if (this.kept.size <= KEPT_FILES) return;
      this.kept.delete(oldest);
    }
  }
}

function keyOf({ sessionId, log, offset }: CurvePlace): string {
  return keyFor(sessionId, log.epoch, log.version, offset);
}

function keyFor(sessionId: string, epoch: string | null, version: number | null, offset: number): string {
  return `${sessionId} ${epoch} ${version} ${offset}`;
}
