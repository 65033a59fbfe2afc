import { RequestError } from "../../shared/protocol/errors.ts";
import { type NamePattern, parseNamePattern } from "../../shared/protocol/name-pattern.ts";
import type { SessionRecord } from "./session-book.ts";

/** A running session beside its connected agent: its record, its pattern made ready, and its open choices. */
export class LiveSession {
  record: SessionRecord;
  readonly pattern: NamePattern;
  #settling: Promise<void> = Promise.resolve();

  constructor(record: SessionRecord) {
    this.record = record;
    this.pattern = readPattern(record.filters.pattern);
  }

  /** True while something is left to choose automatically. */
  isOpen(): boolean {
    const { direction, sg_points } = this.record.params;
    return direction === "auto" || sg_points === "auto";
  }

  /**
   * Lets one file after the other try to make the choices, until one can. `choose` gives the changed record, or
   * null when its file has too few points.
   */
  async settleOnce(choose: () => Promise<SessionRecord | null>): Promise<void> {
    const turn = this.#settling.then(async () => {
      if (!this.isOpen()) return;
      this.record = (await choose()) ?? this.record;
    });
    // The next file's turn comes whether this one's succeeded or not.
    this.#settling = turn.catch(() => undefined);
    await turn;
  }
}

/** @throws RequestError invalid_pattern, saying what is wrong and what is allowed */
export function readPattern(text: string): NamePattern {
  const pattern = parseNamePattern(text);
  if ("problem" in pattern) throw new RequestError("invalid_pattern", pattern.problem);
  return pattern;
}
