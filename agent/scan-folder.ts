import { naturalCompare } from "../shared/protocol/natural-order.ts";
import type { Clock } from "./clock.ts";
import { type FileRules, ignoredBecause } from "./file-rules.ts";
import { errorCode, type FolderFiles } from "./folder-files.ts";
import { FolderHints } from "./folder-hints.ts";
import { FolderReader } from "./folder-reader.ts";
import { LookQueue } from "./look-queue.ts";
import { LeftFolderError } from "./read-file.ts";
import {
  type FileStanding,
  type FinishedFile,
  type HashMemory,
  type NextLook,
  TrackedFile,
} from "./tracked-file.ts";
import { pathOf, walkFolder } from "./walk-folder.ts";

const SCAN_EVERY_MS = 2_000;
/** A scan may take a fiftieth of the time, and half a minute at most may lie between two. */
const PAUSE_PER_COST = 50;
const SLOWEST_SCAN_MS = 30_000;
const HINT_WITHOUT_NAME_MS = 50;
const PARALLEL_STATS = 16;

export interface ScanFolderOptions {
  readonly files: FolderFiles;
  readonly clock: Clock;
  /** As the person wrote it; its own links are resolved, links inside are never followed. */
  readonly folder: string;
  readonly rules: FileRules & { readonly recursive: boolean };
  readonly hashes: HashMemory;
  /** A new finished content. `fresh`: it came or changed while the agent was watching. */
  readonly onFinished: (file: FinishedFile, fresh: boolean) => void;
  readonly onGone: (label: string) => void;
  readonly onChange: () => void;
}

/** What is wrong with the folder as a whole, in the file system's word; null when it can be listed. */
export type FolderProblem = string | null;

/**
 * Which files of the folder are finished. A periodic scan is the truth, the system's hints only hasten it.
 * Nothing outside the folder and its rules is ever opened, and nothing is ever written.
 */
export class ScanFolder {
  /** Reads what this scan lists. */
  readonly reader: FolderReader;
  readonly #options: ScanFolderOptions;
  readonly #tracked = new Map<string, TrackedFile>();
  readonly #looks: LookQueue;
  readonly #hints: FolderHints;
  #root: { readonly path: string; readonly number: string } | null = null;
  #ignored: ReadonlyMap<string, number> = new Map();
  #problem: FolderProblem = null;
  readonly #firstScan: Promise<void>;
  #firstScanDone: () => void = () => {};
  #listedOnce = false;
  #scanning: Promise<void> | null = null;
  #cancelNext: () => void = () => {};
  #nextAtMs = Number.POSITIVE_INFINITY;
  #stopped = false;

  constructor(options: ScanFolderOptions) {
    this.#options = options;
    this.reader = new FolderReader(options.files, {
      root: () => this.#root?.path ?? null,
      get: (label) => this.#tracked.get(label),
    });
    this.#looks = new LookQueue(options.clock, (label) => this.#look(label));
    this.#hints = new FolderHints(options.files, (label) => this.#hint(label));
    this.#firstScan = new Promise((done) => {
      this.#firstScanDone = done;
    });
  }

  start(): void {
    this.scanNow();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancelNext();
    this.#hints.stop();
    await this.#looks.stop();
    await this.#scanning;
  }

  /** Resolves when the folder has been looked at once, or could not be. */
  get firstScan(): Promise<void> {
    return this.#firstScan;
  }

  get problem(): FolderProblem {
    return this.#problem;
  }

  /** Why the system gives no hints (`ENOSPC`); null when it does. */
  get hintsRefused(): string | null {
    return this.#hints.refused;
  }

  /** What is left alone in the folder and why. */
  get ignored(): ReadonlyMap<string, number> {
    return this.#ignored;
  }

  /** Every measurement file of the folder with where it stands. */
  *standings(): Iterable<readonly [label: string, standing: FileStanding]> {
    for (const [label, file] of this.#tracked) yield [label, file.standing];
  }

  get count(): number {
    return this.#tracked.size;
  }

  /** The folder's measurement files in natural order. */
  list(): { name: string; size: number; mtime_ms: number }[] {
    const rows = [...this.#tracked.values()].flatMap(({ label: name, facts }) =>
      facts === null ? [] : [{ name, size: facts.size, mtime_ms: facts.mtime_ms }],
    );
    return rows.sort((a, b) => naturalCompare(a.name, b.name));
  }

  /** Every finished content, oldest first. */
  finished(): FinishedFile[] {
    const files = [...this.#tracked.values()].flatMap(({ standing }) =>
      standing.is === "finished" ? [standing.file] : [],
    );
    return files.sort((a, b) => a.mtime_ms - b.mtime_ms || naturalCompare(a.name, b.name));
  }

  /** Reads the file again from its bytes, whatever is remembered of it, and announces its content anew. */
  recheck(label: string): void {
    this.reader.drop(label);
    this.#tracked.get(label)?.recheck();
    this.#looks.ask(label);
  }

  /** Scans at once, or right after the scan that is running. */
  scanNow(): void {
    this.#plan(0);
  }

  /** Resolves when no scan and no look is under way; timers may be set. For tests and for an orderly stop. */
  async idle(): Promise<void> {
    while (this.#scanning !== null) await this.#scanning;
    await this.#looks.idle();
  }

  #plan(delayMs: number): void {
    const { clock } = this.#options;
    const atMs = clock.monotonicMs() + delayMs;
    if (this.#stopped || atMs >= this.#nextAtMs) return;
    this.#cancelNext();
    this.#nextAtMs = atMs;
    this.#cancelNext = clock.after(delayMs, () => {
      this.#nextAtMs = Number.POSITIVE_INFINITY;
      if (this.#scanning === null) this.#scanning = this.#scan().finally(() => (this.#scanning = null));
      else void this.#scanning.then(() => this.#plan(0));
    });
  }

  async #scan(): Promise<void> {
    const { clock } = this.#options;
    const startedMs = clock.monotonicMs();
    const problem = await this.#listFolder().then(
      () => null,
      (error: unknown) => errorCode(error),
    );
    if (problem !== null) this.#root = null;
    this.#problem = problem;
    this.#firstScanDone();
    this.#options.onChange();
    const costMs = clock.monotonicMs() - startedMs;
    this.#plan(Math.min(SLOWEST_SCAN_MS, Math.max(SCAN_EVERY_MS, PAUSE_PER_COST * costMs)));
  }

  async #listFolder(): Promise<void> {
    const { files, rules } = this.#options;
    const root = await this.#findRoot();
    const known = [...this.#tracked.keys()];
    const listing = await walkFolder(files, root, rules);
    if (this.#stopped) return;
    this.#hints.follow(root, listing.folders);
    this.#ignored = listing.ignored;
    for (const label of listing.labels) this.#track(label);
    await this.#statAll(root, listing.labels);
    const listed = new Set(listing.labels);
    const unread = (label: string) => listing.unread.some((folder) => label.startsWith(`${folder}/`));
    // A name that is missing is looked at once more before it counts as gone.
    for (const label of known) if (!listed.has(label) && !unread(label)) this.#looks.ask(label);
    this.#listedOnce = true;
  }

  /** The folder may have been removed and made again, or a share mounted over it. */
  async #findRoot(): Promise<string> {
    const { files, folder } = this.#options;
    const path = await files.realPath(folder);
    const facts = await files.look(path);
    if (facts.kind !== "folder") throw Object.assign(new Error("not a folder"), { code: "ENOTDIR" });
    if (this.#root?.path !== path || this.#root.number !== facts.number) this.#hints.stop();
    this.#root = { path, number: facts.number };
    return path;
  }

  async #statAll(root: string, labels: readonly string[]): Promise<void> {
    const { clock } = this.#options;
    const queue = labels.values();
    const worker = async () => {
      for (const label of queue) {
        const facts = await this.#options.files.look(pathOf(root, label)).catch(() => null);
        const file = this.#tracked.get(label);
        if (file === undefined) continue;
        if (facts !== null) file.glimpse(facts, clock.monotonicMs(), clock.wallMs());
        const moved = facts === null || file.differs(facts);
        if (moved || !(file.settled || this.#looks.plans(label))) this.#looks.ask(label);
      }
    };
    await Promise.all(Array.from({ length: PARALLEL_STATS }, worker));
  }

  #hint(label: string | null): void {
    if (label === null) this.#plan(HINT_WITHOUT_NAME_MS);
    else if (ignoredBecause(label, this.#options.rules) === null) {
      this.#track(label);
      this.#looks.ask(label);
    } else if (this.#options.rules.recursive) this.#plan(SCAN_EVERY_MS / 4);
  }

  #track(label: string): TrackedFile {
    const known = this.#tracked.get(label);
    if (known !== undefined) return known;
    const file = new TrackedFile(label, this.#listedOnce, this.#options.hashes);
    this.#tracked.set(label, file);
    return file;
  }

  /** One look at one file. @returns after how many ms to look again, or null */
  async #look(label: string): Promise<number | null> {
    const file = this.#tracked.get(label);
    const root = this.#root;
    if (file === undefined || root === null) return null;
    const before = file.standing;
    const next = await this.#lookOnce(file, root.path).catch((error: unknown) =>
      this.#fail(file, root.path, error),
    );
    if (this.#stopped) return null;
    const finished = file.announce();
    if (finished !== null) this.#options.onFinished(finished, file.fresh);
    if (file.standing !== before) this.#options.onChange();
    return next.do === "look-again" ? next.afterMs : null;
  }

  async #lookOnce(file: TrackedFile, root: string): Promise<NextLook> {
    const { files, clock } = this.#options;
    const facts = await files.look(pathOf(root, file.label));
    if (facts.kind !== "file") throw new LeftFolderError(`${file.label} is no regular file`);
    const next = file.notice(facts, clock.monotonicMs(), clock.wallMs());
    if (next.do !== "read") return next;
    const reading = await this.reader.whole(root, file.label);
    return file.take(reading, clock.monotonicMs(), clock.wallMs());
  }

  async #fail(file: TrackedFile, root: string, error: unknown): Promise<NextLook> {
    const code = errorCode(error);
    if (code !== "ENOENT" && code !== "ENOTDIR" && !(error instanceof LeftFolderError))
      return file.fail(code);
    // With the whole folder away (a share that went offline) nothing is known of its files.
    const rootThere = await this.#options.files.look(root).then(
      () => true,
      () => false,
    );
    if (!rootThere) {
      this.#plan(0);
      return { do: "nothing" };
    }
    this.#tracked.delete(file.label);
    this.#looks.drop(file.label);
    this.#options.hashes.forget(file.label);
    this.#options.onGone(file.label);
    this.#options.onChange();
    return { do: "nothing" };
  }
}
