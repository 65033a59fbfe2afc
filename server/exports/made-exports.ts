import { randomUUID } from "node:crypto";
import { type FileHandle, open, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { RequestError } from "../../shared/protocol/errors.ts";
import type { SessionId } from "../../shared/protocol/session.ts";
import type { TaskId } from "../../shared/protocol/task.ts";
import type { UserTag } from "../sessions/user-tag.ts";
import { makeFolder } from "../store/make-folder.ts";

/** How long a finished export can be fetched: whoever asked in the evening has it in the morning. */
export const MADE_KEPT_MS = 24 * 3_600_000;
/** Bytes that are gathered for one write; after so many the room is looked at again. */
const WRITE_BYTES = 1024 * 1024;
const READ_BYTES = 128 * 1024;
/** Ending of a file that is not finished: of this run, or left behind by one that was killed. */
const UNFINISHED = ".part";

/** Which export: the task that made it, and the session that it goes with. */
export interface MadeExport {
  readonly tag: UserTag;
  readonly session_id: SessionId;
  readonly task_id: TaskId;
}

/** A finished export that can be read, wherever it lies. */
export interface FoundExport {
  readonly size: number;
  /** In pieces, as the reader takes them; a failure on the way ends it with an error, never short. */
  pieces(): AsyncGenerator<Uint8Array>;
}

interface KeptFile {
  readonly name: string;
  readonly size: number;
  readonly madeAtMs: number;
}

/**
 * Finished exports on this hub's own disk. Each is there until a day is over, newer ones need its room, or its
 * session is gone. Losing one loses nothing: its link then has it made anew from the log.
 */
export class MadeExports {
  readonly #directory: string;
  readonly #budgetBytes: number;
  readonly #now: () => number;
  /** Bytes that are written at this moment, by name. */
  readonly #writing = new Map<string, number>();

  private constructor(directory: string, budgetBytes: number, now: () => number) {
    this.#directory = directory;
    this.#budgetBytes = budgetBytes;
    this.#now = now;
  }

  /** Makes the folder, and removes what an earlier run did not finish. */
  static async open(directory: string, budgetBytes: number, now: () => number): Promise<MadeExports> {
    makeFolder(directory);
    for (const name of await readdir(directory))
      if (name.endsWith(UNFINISHED)) await rm(join(directory, name), { force: true });
    return new MadeExports(directory, budgetBytes, now);
  }

  /**
   * Writes an export, unless it is there already. What fails or is broken off leaves nothing behind.
   *
   * @throws RequestError store_full where the room, or the disk, is not enough for this one alone
   */
  async write(which: MadeExport, pieces: () => AsyncIterable<Uint8Array | string>): Promise<void> {
    const name = nameOf(which);
    if ((await this.#sizeOf(name)) !== null) return;
    const unfinished = `${name}.${randomUUID()}${UNFINISHED}`;
    const path = join(this.#directory, unfinished);
    const file = await open(path, "wx", 0o600);
    try {
      await this.#fill(file, unfinished, pieces());
      await file.datasync();
      const madeAt = new Date(this.#now());
      await file.utimes(madeAt, madeAt);
      await file.close();
      await rename(path, join(this.#directory, name));
    } catch (error) {
      await file.close().catch(() => undefined);
      await rm(path, { force: true });
      throw isDiskFull(error) ? diskFull() : error;
    } finally {
      this.#writing.delete(unfinished);
    }
  }

  /** A finished export, to be read from its beginning; null where it is not kept here. */
  async find(which: MadeExport): Promise<FoundExport | null> {
    const name = nameOf(which);
    const size = await this.#sizeOf(name);
    return size === null ? null : { size, pieces: () => piecesOf(join(this.#directory, name)) };
  }

  /** A part of a finished export, from a byte on; null where it is not kept here. */
  async read(
    which: MadeExport,
    from: number,
    length: number,
  ): Promise<{ size: number; content: Uint8Array } | null> {
    const file = await open(join(this.#directory, nameOf(which)), "r").catch(nullIfGone);
    if (file === null) return null;
    try {
      const { size } = await file.stat();
      const content = new Uint8Array(Math.max(0, Math.min(length, size - from)));
      const { bytesRead } = await file.read(content, 0, content.length, from);
      return { size, content: content.subarray(0, bytesRead) };
    } finally {
      await file.close();
    }
  }

  /** Removes what was made of a session that is deleted. */
  async forget({ tag, session_id }: Omit<MadeExport, "task_id">): Promise<void> {
    const mine = (await readdir(this.#directory)).filter((name) => name.startsWith(`${tag}.${session_id}.`));
    for (const name of mine) await this.#remove(name);
  }

  /** Removes what is a day old, and what belongs to a session that is there no more. @returns how many */
  async sweep(isThere: (which: MadeExport) => Promise<boolean>): Promise<number> {
    const before = this.#now() - MADE_KEPT_MS;
    let removed = 0;
    for (const { name, madeAtMs } of await this.#kept()) {
      const which = whichOf(name);
      if (which !== null && madeAtMs > before && (await isThere(which))) continue;
      await this.#remove(name);
      removed += 1;
    }
    return removed;
  }

  async #fill(file: FileHandle, name: string, pieces: AsyncIterable<Uint8Array | string>): Promise<void> {
    let [gathered, size, written]: [Buffer[], number, number] = [[], 0, 0];
    const flush = async () => {
      written += size;
      this.#writing.set(name, written);
      await this.#makeRoom();
      await file.writev(gathered);
      [gathered, size] = [[], 0];
    };
    for await (const piece of pieces) {
      const bytes =
        typeof piece === "string"
          ? Buffer.from(piece)
          : Buffer.from(piece.buffer, piece.byteOffset, piece.length);
      gathered.push(bytes);
      size += bytes.length;
      if (size >= WRITE_BYTES) await flush();
    }
    await flush();
  }

  /** The oldest go first. */
  async #makeRoom(): Promise<void> {
    const kept = await this.#kept();
    const all = [...this.#writing.values(), ...kept.map(({ size }) => size)];
    let excess = all.reduce((sum, size) => sum + size, 0) - this.#budgetBytes;
    for (const { name, size } of kept) {
      if (excess <= 0) return;
      await this.#remove(name);
      excess -= size;
    }
    if (excess > 0) throw tooLarge(this.#budgetBytes);
  }

  /** Finished ones, oldest first. */
  async #kept(): Promise<KeptFile[]> {
    const names = (await readdir(this.#directory)).filter((name) => !name.endsWith(UNFINISHED));
    const found: KeptFile[] = [];
    for (const name of names) {
      const file = await stat(join(this.#directory, name)).catch(nullIfGone);
      if (file?.isFile() === true) found.push({ name, size: file.size, madeAtMs: file.mtimeMs });
    }
    return found.sort((a, b) => a.madeAtMs - b.madeAtMs);
  }

  async #sizeOf(name: string): Promise<number | null> {
    return (await stat(join(this.#directory, name)).catch(nullIfGone))?.size ?? null;
  }

  async #remove(name: string): Promise<void> {
    await rm(join(this.#directory, name), { force: true, recursive: true });
  }
}

/** Opened for as long as it is read: removing it meanwhile does not cut it short. */
async function* piecesOf(path: string): AsyncGenerator<Uint8Array> {
  const file = await open(path, "r");
  try {
    for (;;) {
      const { bytesRead, buffer } = await file.read(new Uint8Array(READ_BYTES));
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

/** Tags and ids are of `A–Z a–z 0–9 _ -`: no name climbs, and none is another's. */
function nameOf({ tag, session_id, task_id }: MadeExport): string {
  return `${tag}.${session_id}.${task_id}`;
}

/** Null for what this hub did not write. */
function whichOf(name: string): MadeExport | null {
  const [tag = "", session_id = "", task_id = "", ...more] = name.split(".");
  if (tag === "" || session_id === "" || task_id === "" || more.length > 0) return null;
  return { tag: tag as UserTag, session_id, task_id }; // as `nameOf` wrote it
}

function nullIfGone(error: unknown): null {
  if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
  throw error;
}

function isDiskFull(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOSPC" || error.code === "EDQUOT");
}

const LESS = "Export a part of it: one electrode, or what is new since an earlier export";

function diskFull(): RequestError {
  return new RequestError(
    "store_full",
    `The hub's disk has no room for this export. ${LESS}, or tell its operator.`,
  );
}

function tooLarge(budgetBytes: number): RequestError {
  const limit_mb = Math.round(budgetBytes / 1_048_576);
  const message = `This export is larger than the ${limit_mb} MB that this hub has for exports. ${LESS}; its operator can give more (EXPORT_BUDGET_MB).`;
  return new RequestError("store_full", message, { limit_mb });
}
