import { errorCode, type FolderFiles } from "./folder-files.ts";
import { type FileReading, LeftFolderError, readPart, readWhole } from "./read-file.ts";
import type { FinishedFile, TrackedFile } from "./tracked-file.ts";
import { WARM_BYTES, WarmContents } from "./warm-contents.ts";

/** Bytes of a file, or why they cannot be had: it changed, cannot be read now, or is gone. */
export type PartReading =
  | {
      readonly ok: true;
      readonly content: Uint8Array;
      readonly size: number;
      readonly fingerprint: string | null;
    }
  | { readonly ok: false; readonly why: "changed" | "unreadable" | "gone" };

const GONE: PartReading = { ok: false, why: "gone" };
const CHANGED: PartReading = { ok: false, why: "changed" };

/** What the reader sees of the scan: where the folder is now, and the only names that may be opened. */
export interface ListedFiles {
  root(): string | null;
  get(label: string): TrackedFile | undefined;
}

/** Reads files that the scan lists, and nothing else. */
export class FolderReader {
  readonly #files: FolderFiles;
  readonly #listed: ListedFiles;
  readonly #warm = new WarmContents();

  constructor(files: FolderFiles, listed: ListedFiles) {
    this.#files = files;
    this.#listed = listed;
  }

  /** The whole file, or null when it changed meanwhile. @throws the file system's error, or LeftFolderError */
  async whole(root: string, label: string): Promise<FileReading | null> {
    const reading = await readWhole(this.#files, root, label);
    if (reading?.bytes && reading.bytes.length <= WARM_BYTES)
      this.#warm.put(label, reading.sha256, reading.bytes);
    return reading;
  }

  /** Drops what is kept of a file, so that the next reading is from the disk. */
  drop(label: string): void {
    this.#warm.drop(label);
  }

  /** Bytes of a finished content; `changed` unless they are still the same file, untouched. */
  async finished({ name, sha256 }: FinishedFile, from: number, length: number): Promise<PartReading> {
    const warm = this.#warm.get(name, sha256);
    if (warm !== null)
      return { ok: true, content: warm.subarray(from, from + length), size: warm.length, fingerprint: null };
    const tracked = this.#listed.get(name);
    if (tracked === undefined) return GONE;
    const fingerprint = tracked.finishedFingerprint;
    if (fingerprint === null) return CHANGED;
    const reading = await this.listed(name, from, length);
    return reading.ok && reading.fingerprint !== fingerprint ? CHANGED : reading;
  }

  /** Bytes of a file that the scan lists, finished or not. Names that it does not list are `gone`. */
  async listed(label: string, from: number, length: number): Promise<PartReading> {
    if (this.#listed.get(label) === undefined) return GONE;
    const root = this.#listed.root();
    if (root === null) return { ok: false, why: "unreadable" };
    try {
      const { content, facts, steady } = await readPart(this.#files, root, label, from, length);
      return steady ? { ok: true, content, size: facts.size, fingerprint: facts.fingerprint } : CHANGED;
    } catch (error) {
      const gone = errorCode(error) === "ENOENT" || error instanceof LeftFolderError;
      return gone ? GONE : { ok: false, why: "unreadable" };
    }
  }
}
