import { type BigIntStats, constants, type Dirent, type Stats, watch } from "node:fs";
import { type FileHandle, lstat, open, readdir, realpath } from "node:fs/promises";
import type { FileFacts, FolderEntry, FolderFiles, OpenFile } from "./folder-files.ts";

/** Read only; a link at the last place is an error, and a pipe that took a file's place cannot block us. Absent on Windows. */
const READ_FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** The watched folder on this computer's file system. */
export const nodeFolderFiles: FolderFiles = {
  async list(folder) {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.map((entry): FolderEntry => ({ name: entry.name, kind: kindOf(entry) }));
  },
  look: async (path) => factsOf(await lstat(path, { bigint: true })),
  realPath: (path) => realpath(path),
  async open(path) {
    if (constants.O_NOFOLLOW === undefined) await refuseLink(path);
    return openFile(await open(path, READ_FLAGS));
  },
  watch(folder, onHint, onError) {
    // persistent: the connection keeps the process alive, the watcher must not.
    const watcher = watch(folder, { persistent: false }, (_event, name) => onHint(name));
    watcher.on("error", onError);
    return () => watcher.close();
  },
};

/** Windows cannot refuse a link while opening; making one there needs rights that an instrument's user lacks. */
async function refuseLink(path: string): Promise<void> {
  if ((await lstat(path)).isSymbolicLink()) throw Object.assign(new Error("is a link"), { code: "ELOOP" });
}

function openFile(handle: FileHandle): OpenFile {
  return {
    facts: async () => factsOf(await handle.stat({ bigint: true })),
    read: (from, length) => readFully(handle, from, length),
    close: () => handle.close(),
  };
}

/** A read may return less than asked for in the middle of a file (network shares do): it goes on to the end. */
async function readFully(handle: FileHandle, from: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let have = 0;
  while (have < length) {
    const { bytesRead } = await handle.read(bytes, have, length - have, from + have);
    if (bytesRead === 0) break;
    have += bytesRead;
  }
  return bytes.subarray(0, have);
}

function factsOf(stat: BigIntStats): FileFacts {
  return {
    kind: kindOf(stat),
    size: Number(stat.size),
    mtime_ms: Math.max(0, Number(stat.mtimeNs / 1_000_000n)),
    ctime_ms: Math.max(0, Number(stat.ctimeNs / 1_000_000n)),
    fingerprint: `${stat.size}:${stat.mtimeNs}:${stat.ctimeNs}:${stat.ino}`,
    number: String(stat.ino),
  };
}

function kindOf(entry: Dirent | Stats | BigIntStats): FolderEntry["kind"] {
  if (entry.isFile()) return "file";
  if (entry.isDirectory()) return "folder";
  return entry.isSymbolicLink() ? "link" : "other";
}
