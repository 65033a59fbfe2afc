import type { FileFacts } from "./folder-files.ts";
import type { Completeness, FileReading } from "./read-file.ts";

/**
 * When a file is finished. Rules, quoted by the tests:
 *
 * [F1] Content that proves its own end is finished at once.
 * [F2] Other content is finished after a time without a change of size, times or file number: QUIET_MS where the
 *      format is unknown, EXPORT_MS where it is one that never tells its end. A file that the folder held already
 *      has been quiet since its own time, as far as the wall clock says so.
 * [F3] Content of a format that tells its end, and has not reached it, may still grow: it waits PATIENCE_MS.
 * [F4] A file that grows with pauses is given three times its longest pause.
 * [F5] An empty file waits. An unreadable one is tried again, ever more slowly, as long as it exists.
 * [F6] Every later change is looked at; other bytes are a new finished content, the same bytes are not.
 * [F7] A file read within the clock's grain of its last change is read once more: a second change in the same
 *      grain, of the same size, leaves no other trace.
 */
export const QUIET_MS = 100;
/**
 * A program writes an export in one go, within this also on a slow share. Longer pauses are learnt [F4], and content
 * that was taken too early becomes a revision [F6].
 */
export const EXPORT_MS = 1_000;
/** An instrument that writes a row at a time pauses for seconds; an aborted run must still arrive. */
export const PATIENCE_MS = 10_000;
const LONGEST_PAUSE_MS = 20_000;
/** FAT keeps times to 2 s, other file systems to 10 ms or finer. */
const CLOCK_GRAIN_MS = 2_500;
const FIRST_RETRY_MS = 100;
const SLOWEST_RETRY_MS = 5_000;

/** A content that the instrument has finished. */
export interface FinishedFile {
  /** Path relative to the watched folder, with `/`. */
  readonly name: string;
  readonly size: number;
  readonly mtime_ms: number;
  readonly sha256: string;
}

export type FileStanding =
  | { readonly is: "new" }
  | { readonly is: "waiting"; readonly why: "growing" | "empty" }
  | { readonly is: "unreadable"; readonly code: string; readonly attempts: number }
  | { readonly is: "finished"; readonly file: FinishedFile };

/** What to do next about a file. */
export type NextLook =
  | { readonly do: "read" }
  | { readonly do: "look-again"; readonly afterMs: number }
  | { readonly do: "nothing" };

interface KnownContent {
  readonly sha256: string;
  readonly completeness: Completeness;
  /** [F7] holds already: only such contents are remembered. */
  readonly confirmed?: boolean;
}

const NOTHING: NextLook = { do: "nothing" };
const READ: NextLook = { do: "read" };

/** Remembers the hash of a file that was not touched since. */
export interface HashMemory {
  get(label: string, fingerprint: string): string | null;
  put(label: string, fingerprint: string, sha256: string): void;
  forget(label: string): void;
}

/** One name of the folder through time. Pure: looks and readings come in, verdicts come out. */
export class TrackedFile {
  readonly label: string;
  readonly #hashes: HashMemory;
  #facts: FileFacts | null = null;
  #standing: FileStanding = { is: "new" };
  #reading: KnownContent | null = null;
  #unchangedSinceMs = 0;
  /** How long it had been quiet when it was first seen; 0 since its first change. */
  #quietBeforeMs = 0;
  #longestPauseMs = 0;
  /** [F7] when to read once more; null when that is not needed. */
  #confirmAtMs: number | null = null;
  #announced: string | null = null;
  #fresh: boolean;

  /** @param fresh the file came after the agent had first seen the folder */
  constructor(label: string, fresh: boolean, hashes: HashMemory) {
    this.label = label;
    this.#fresh = fresh;
    this.#hashes = hashes;
  }

  get facts(): FileFacts | null {
    return this.#facts;
  }

  get standing(): FileStanding {
    return this.#standing;
  }

  /** It came or changed while the agent was watching. */
  get fresh(): boolean {
    return this.#fresh;
  }

  /** The fingerprint of the finished content; null while it is not finished. */
  get finishedFingerprint(): string | null {
    return this.#standing.is === "finished" ? (this.#facts?.fingerprint ?? null) : null;
  }

  differs(facts: FileFacts): boolean {
    return facts.fingerprint !== this.#facts?.fingerprint;
  }

  /** Nothing is left to find out unless the file changes. */
  get settled(): boolean {
    if (this.#standing.is === "finished") return this.#confirmAtMs === null;
    return this.#standing.is === "waiting" && this.#standing.why === "empty";
  }

  /** What a listing shows of a file that was never looked at. */
  glimpse(facts: FileFacts, nowMs: number, wallMs: number): void {
    if (this.#facts === null) this.#change(facts, nowMs, wallMs);
  }

  /** A look at the name: is it as before, has it changed, is it due? */
  notice(facts: FileFacts, nowMs: number, wallMs: number): NextLook {
    if (this.differs(facts)) this.#change(facts, nowMs, wallMs);
    if (facts.size === 0) {
      this.#standing = { is: "waiting", why: "empty" };
      return NOTHING;
    }
    if (this.#standing.is === "finished") {
      if (this.#confirmAtMs === null) return NOTHING;
      if (nowMs < this.#confirmAtMs) return { do: "look-again", afterMs: this.#confirmAtMs - nowMs };
      this.#reading = null;
    }
    if (this.#reading === null) {
      const known = this.#hashes.get(this.label, facts.fingerprint);
      if (known === null) return READ;
      this.#reading = { sha256: known, completeness: "complete", confirmed: true };
    }
    return this.#judge(facts, this.#reading, nowMs, wallMs);
  }

  /** A whole reading, or null when the file changed under it. */
  take(reading: FileReading | null, nowMs: number, wallMs: number): NextLook {
    if (reading === null) return { do: "look-again", afterMs: 0 };
    if (this.differs(reading.facts)) this.#change(reading.facts, nowMs, wallMs);
    this.#reading = reading;
    this.#confirmAtMs = null;
    return reading.facts.size === 0 ? NOTHING : this.#judge(reading.facts, reading, nowMs, wallMs);
  }

  /** The file is there and cannot be read now. */
  fail(code: string): NextLook {
    const attempts = this.#standing.is === "unreadable" ? this.#standing.attempts + 1 : 1;
    this.#standing = { is: "unreadable", code, attempts };
    return { do: "look-again", afterMs: Math.min(SLOWEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (attempts - 1)) };
  }

  /** Forgets what was read, so that the next look reads again and announces the content even if it is the same. */
  recheck(): void {
    this.#reading = null;
    this.#announced = null;
    this.#confirmAtMs = Number.NEGATIVE_INFINITY;
    this.#hashes.forget(this.label);
  }

  /** The finished content, if nobody has been told of it yet. */
  announce(): FinishedFile | null {
    if (this.#standing.is !== "finished" || this.#standing.file.sha256 === this.#announced) return null;
    this.#announced = this.#standing.file.sha256;
    return this.#standing.file;
  }

  #change(facts: FileFacts, nowMs: number, wallMs: number): void {
    const before = this.#facts;
    this.#quietBeforeMs = before === null && !this.#fresh ? quietBeforeMs(facts, wallMs) : 0;
    if (before !== null) {
      this.#fresh = true;
      const pauseMs = nowMs - this.#unchangedSinceMs;
      const grew = facts.size > before.size && before.size > 0 && pauseMs <= LONGEST_PAUSE_MS;
      this.#longestPauseMs = grew ? Math.max(this.#longestPauseMs, pauseMs) : 0;
    }
    this.#facts = facts;
    this.#unchangedSinceMs = nowMs;
    this.#reading = null;
    this.#confirmAtMs = null;
    this.#standing = { is: "waiting", why: "growing" };
  }

  #judge(facts: FileFacts, reading: KnownContent, nowMs: number, wallMs: number): NextLook {
    const quietMs = this.#quietBeforeMs + nowMs - this.#unchangedSinceMs;
    const missingMs = quietNeededMs(reading.completeness, this.#longestPauseMs) - quietMs;
    if (missingMs > 0) {
      this.#standing = { is: "waiting", why: "growing" };
      return { do: "look-again", afterMs: missingMs };
    }
    const { label: name } = this;
    const { size, mtime_ms } = facts;
    const first = this.#standing.is !== "finished";
    this.#standing = { is: "finished", file: { name, size, mtime_ms, sha256: reading.sha256 } };
    if (first && reading.confirmed !== true && wallMs - Math.max(mtime_ms, facts.ctime_ms) < CLOCK_GRAIN_MS) {
      this.#confirmAtMs = nowMs + CLOCK_GRAIN_MS;
      return { do: "look-again", afterMs: CLOCK_GRAIN_MS };
    }
    this.#hashes.put(name, facts.fingerprint, reading.sha256);
    return NOTHING;
  }
}

/** How long a file must have been unchanged to count as finished. */
export function quietNeededMs(completeness: Completeness, longestPauseMs: number): number {
  if (completeness === "complete") return 0;
  const leastMs = { unproven: PATIENCE_MS, untold: EXPORT_MS, unknown: QUIET_MS }[completeness];
  return Math.max(leastMs, 3 * longestPauseMs);
}

/**
 * How long a file that the folder held already has been quiet. Either clock may be wrong, this machine's or that of
 * the share's server. A file that seems younger than it is, or of the future, waits as a new one does. One that seems
 * older is taken early: if it still grows, its next change is seen by the facts alone and becomes a revision [F6].
 */
function quietBeforeMs(facts: FileFacts, wallMs: number): number {
  return Math.max(0, wallMs - facts.mtime_ms);
}
