import { join, NO_TURNS, serve, type Turns } from "./turns.ts";

/** Live files that are worked on at once: enough to be written together, and more would only share the processor. */
const LIVE_AT_ONCE = 8;
/** Old files that wait for their commit on another machine while the next one is worked on. */
const OLD_UNDER_COMMIT = 2;
/** Work that may wait takes no longer pauses than this, so that it goes on under any load. */
const LONGEST_BREATH_MS = 250;

export type FileClass = "live" | "catch-up";

interface Lane {
  turns: Turns;
  readonly waiting: Map<string, (() => void)[]>;
  busy: number;
}

/**
 * The order in which a hub works on files: live ones first, and between users of one class turns. What waits here is
 * bounded by the credit of the agents.
 */
export class IngestGate {
  readonly #lanes: Readonly<Record<FileClass, Lane>> = { live: newLane(), "catch-up": newLane() };
  #seq = 0;
  #granting = false;
  #resting: (() => void)[] = [];
  #oldUnderCommit = 0;

  /**
   * Does one file's work in its turn. Of old files one is worked on at a time, so that a live one that comes waits for
   * no more than that.
   *
   * @param work may say that this hub has done its part, and what is left is another machine's: then the next old file
   *   has its turn meanwhile
   */
  async pass<T>(
    kind: FileClass,
    user: string,
    weight: number,
    work: (handedOn: () => void) => Promise<T>,
  ): Promise<T> {
    const lane = this.#lanes[kind];
    if (lane.waiting.size > 0 || !this.#mayBegin(kind)) await this.#turn(lane, user, weight);
    else this.#beginAtOnce(lane, user, weight);
    let isHandedOn = false;
    const handedOn = () => {
      if (isHandedOn || kind === "live") return;
      isHandedOn = true;
      lane.busy -= 1;
      this.#oldUnderCommit += 1;
      this.#grantSoon();
    };
    try {
      return await work(handedOn);
    } finally {
      if (isHandedOn) this.#oldUnderCommit -= 1;
      else lane.busy -= 1;
      this.#grantSoon();
    }
  }

  /** Resolves once no file is worked on or waits, but in any case after a while. */
  async rest(): Promise<void> {
    await new Promise((done) => void setImmediate(done));
    if (this.#idle()) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, LONGEST_BREATH_MS);
      this.#resting.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  #turn(lane: Lane, user: string, weight: number): Promise<void> {
    lane.turns = join(lane.turns, user, weight, this.#seq++);
    return new Promise((resolve) => {
      lane.waiting.set(user, [...(lane.waiting.get(user) ?? []), resolve]);
      this.#grantSoon();
    });
  }

  /** A turn all the same, so that it counts beside those of others who come now. */
  #beginAtOnce(lane: Lane, user: string, weight: number): void {
    const joined = join(lane.turns, user, weight, this.#seq++);
    lane.turns = serve(joined)?.turns ?? joined;
    lane.busy += 1;
  }

  #mayBegin(kind: FileClass): boolean {
    const { live, "catch-up": old } = this.#lanes;
    if (kind === "live") return live.busy < LIVE_AT_ONCE;
    const isFree = old.busy === 0 && this.#oldUnderCommit < OLD_UNDER_COMMIT;
    return isFree && live.busy === 0 && live.waiting.size === 0;
  }

  /** In the next turn of the event loop: live files that have arrived meanwhile are then known. */
  #grantSoon(): void {
    if (this.#granting) return;
    this.#granting = true;
    setImmediate(() => {
      this.#granting = false;
      while (this.#mayBegin("live") && this.#grant(this.#lanes.live));
      // One a turn of the event loop, so that a live file that arrives meanwhile is seen before the next.
      if (this.#mayBegin("catch-up") && this.#grant(this.#lanes["catch-up"])) this.#grantSoon();
      if (!this.#idle()) return;
      for (const lane of Object.values(this.#lanes)) lane.turns = NO_TURNS;
      for (const resume of this.#resting.splice(0)) resume();
    });
  }

  #grant(lane: Lane): boolean {
    const served = serve(lane.turns);
    if (served === null) return false;
    lane.turns = served.turns;
    const [begin, ...others] = lane.waiting.get(served.user) ?? [];
    if (others.length > 0) lane.waiting.set(served.user, others);
    else lane.waiting.delete(served.user);
    lane.busy += 1;
    begin?.();
    return true;
  }

  #idle(): boolean {
    return Object.values(this.#lanes).every(({ busy, waiting }) => busy === 0 && waiting.size === 0);
  }
}

function newLane(): Lane {
  return { turns: NO_TURNS, waiting: new Map(), busy: 0 };
}
