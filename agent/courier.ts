import { createHash } from "node:crypto";
import type { Clock } from "./clock.ts";
import type { Delivery, DeliveryAction } from "./delivery.ts";
import { LinkPace } from "./link-pace.ts";
import type { ScanFolder } from "./scan-folder.ts";
import { offerBytes } from "./session-debt.ts";
import type { FinishedFile } from "./tracked-file.ts";
import type { Uplink } from "./uplink.ts";

interface CourierDependencies {
  readonly delivery: Delivery;
  readonly scan: ScanFolder;
  readonly uplink: Uplink;
  readonly clock: Clock;
  readonly onStored: (file: FinishedFile) => void;
  /** The hub has a file of this session at that place of its log. */
  readonly onAcknowledged: (session_id: string, place: { epoch: string; offset: number }) => void;
  readonly onChange: () => void;
}

type OfferAction = Extract<DeliveryAction, { do: "offer" }>;
type SendAction = Extract<DeliveryAction, { do: "send" }>;

/** Carries out what `Delivery` decides: reads bytes, sends, and reports what became of it. */
export class Courier {
  readonly #deps: CourierDependencies;
  readonly #pace = new LinkPace();
  /** Parts of one file leave in their order, however long each reading takes. */
  readonly #leaving = new WeakMap<FinishedFile, Promise<void>>();
  #cancelWake: () => void = () => {};
  #running = false;

  constructor(deps: CourierDependencies) {
    this.#deps = deps;
  }

  connected(): void {
    this.#pace.reset();
  }

  stop(): void {
    this.#cancelWake();
  }

  /** Does all that is due now. Called after every input; calls from within itself are the same run. */
  run(): void {
    if (this.#running) return;
    this.#running = true;
    const { delivery, clock } = this.#deps;
    let nowMs: number;
    for (;;) {
      nowMs = clock.monotonicMs();
      const action = delivery.next(nowMs, this.#pace.partBytes);
      if (action === null) break;
      this.#start(action);
    }
    this.#running = false;
    this.#planWake(nowMs);
    this.#deps.onChange();
  }

  #start(action: DeliveryAction): void {
    if (action.do === "reread") this.#deps.scan.recheck(action.name);
    else void (action.do === "offer" ? this.#offer(action) : this.#send(action)).finally(() => this.run());
  }

  /** @param idleAtMs the moment at which nothing was due: a pause that ends after it must not be slept through */
  #planWake(idleAtMs: number): void {
    const { delivery, clock } = this.#deps;
    this.#cancelWake();
    const delayMs = delivery.wakeAtMs(idleAtMs) - clock.monotonicMs();
    this.#cancelWake = Number.isFinite(delayMs)
      ? clock.after(Math.max(1, delayMs), () => this.run())
      : () => {};
  }

  async #offer({ token, session_id, files }: OfferAction): Promise<void> {
    const { delivery, uplink, clock } = this.#deps;
    const startedMs = clock.monotonicMs();
    const answer = await uplink.request("offer_files", { session_id, files: [...files] });
    const nowMs = clock.monotonicMs();
    if (answer.is === "value") {
      this.#pace.took(
        files.reduce((sum, file) => sum + offerBytes(file), 0),
        linkMs(nowMs - startedMs, answer.value),
      );
      delivery.offerAnswered(token, answer.value.wanted, nowMs);
    } else delivery.offerFailed(token, answer.is === "error" ? answer.error : "no-answer", nowMs);
  }

  async #send(action: SendAction): Promise<void> {
    const { delivery, clock, onStored, onAcknowledged } = this.#deps;
    const { token, session_id, file } = action;
    const sent = await this.#readAndAsk(action);
    const nowMs = clock.monotonicMs();
    if (sent === "stale") return;
    if (sent === "unreadable") return delivery.partUnreadable(token, nowMs);
    const { answer, startedMs } = sent;
    if (answer.is === "value") {
      this.#pace.took(action.length, linkMs(nowMs - startedMs, answer.value));
      delivery.partAnswered(token, answer.value, nowMs);
      if ("offset" in answer.value) onAcknowledged(session_id, answer.value);
      if (answer.value.outcome === "stored") onStored(file);
    } else delivery.partFailed(token, answer.is === "error" ? answer.error : "no-answer", nowMs);
  }

  /** Reads at once, but lets a part leave only after the one before it. */
  async #readAndAsk({ token, session_id, file, from, length, live }: SendAction) {
    const { delivery, uplink, clock } = this.#deps;
    const before = this.#leaving.get(file);
    const { promise, resolve: left } = deferred();
    this.#leaving.set(file, promise);
    const content = await this.#read(file, from, length);
    await before;
    // The connection may have been another one when the reading began.
    if (content === null || !delivery.isUnderWay(token)) {
      left();
      return content === null ? "unreadable" : "stale";
    }
    const startedMs = clock.monotonicMs();
    const { name: filename, sha256, size, mtime_ms } = file;
    const asked = uplink.request("stream_instrument_data", {
      session_id,
      filename,
      sha256,
      size,
      mtime_ms,
      from,
      live,
      content,
    });
    left();
    return { startedMs, answer: await asked };
  }

  /** The bytes of the very content that was finished, or null. Of a file sent in one part the hash is checked too. */
  async #read(file: FinishedFile, from: number, length: number): Promise<Uint8Array | null> {
    const reading = await this.#deps.scan.reader.finished(file, from, length);
    if (!reading.ok || reading.size !== file.size || reading.content.length !== length) return null;
    if (length === file.size && createHash("sha256").update(reading.content).digest("hex") !== file.sha256)
      return null;
    return reading.content;
  }
}

/** A hub that is busy is no slow link: smaller parts would only give it more to do. */
function linkMs(tookMs: number, { held_ms = 0 }: { held_ms?: number | undefined }): number {
  return Math.max(0, tookMs - held_ms);
}

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
