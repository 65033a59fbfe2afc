import { createHash } from "node:crypto";
import { detectFormat } from "../shared/formats/registry.ts";
import { errorCode, type FileFacts, type FolderFiles, type OpenFile } from "./folder-files.ts";
import { pathOf } from "./walk-folder.ts";

/**
 * What a file's content says of its own end: `complete` is proven by the content; `unproven` is of a known format
 * whose end may be ahead; `untold` is of a known format that never tells; `unknown` is of no known format.
 */
export type Completeness = "complete" | "unproven" | "untold" | "unknown";

/** One whole reading of a file that nobody changed meanwhile. */
export interface FileReading {
  readonly facts: FileFacts;
  readonly sha256: string;
  readonly completeness: Completeness;
  /** The content itself, unless it is too large to be held. */
  readonly bytes: Uint8Array | null;
}

/** Above this a file is hashed piece by piece and its end is judged by quiet alone; scans are far smaller. */
const WHOLE_READ_BYTES = 16 * 1024 * 1024;
const PIECE_BYTES = 1024 * 1024;

/**
 * Reads and hashes a file; null when it changed while it was read.
 *
 * @throws the file system's error, or LeftFolderError
 */
export async function readWhole(
  files: FolderFiles,
  root: string,
  label: string,
): Promise<FileReading | null> {
  return withFile(files, root, label, async (file, before) => {
    const hash = createHash("sha256");
    let completeness: Completeness = "unknown";
    let bytes: Uint8Array | null = null;
    if (before.size <= WHOLE_READ_BYTES) {
      bytes = await file.read(0, before.size);
      hash.update(bytes);
      completeness = completenessOf(bytes);
    } else {
      for (let from = 0; from < before.size; from += PIECE_BYTES) {
        hash.update(await file.read(from, Math.min(PIECE_BYTES, before.size - from)));
      }
    }
    const after = await file.facts();
    if (after.fingerprint !== before.fingerprint) return null;
    return { facts: after, sha256: hash.digest("hex"), completeness, bytes };
  });
}

/** Bytes of a part of a file, with what the file was before and after the reading. */
export async function readPart(
  files: FolderFiles,
  root: string,
  label: string,
  from: number,
  length: number,
) {
  return withFile(files, root, label, async (file, before) => {
    const content = await file.read(from, Math.max(0, Math.min(length, before.size - from)));
    const after = await file.facts();
    return { content, facts: after, steady: after.fingerprint === before.fingerprint };
  });
}

/** The name leads out of the watched folder, or to something that is not a regular file. */
export class LeftFolderError extends Error {
  override readonly name = "LeftFolderError";
}

async function withFile<T>(
  files: FolderFiles,
  root: string,
  label: string,
  use: (file: OpenFile, facts: FileFacts) => Promise<T>,
): Promise<T> {
  await refuseDetour(files, root, label);
  const file = await files.open(pathOf(root, label)).catch((error: unknown) => {
    throw errorCode(error) === "ELOOP" ? new LeftFolderError(`${label} is a link`) : error;
  });
  try {
    // Something else may have taken the file's place since it was listed.
    const opened = await file.facts();
    if (opened.kind !== "file") throw new LeftFolderError(`${label} is no regular file`);
    return await use(file, opened);
  } finally {
    await file.close();
  }
}

/** A sub-folder may have been replaced by a link since it was listed. */
async function refuseDetour(files: FolderFiles, root: string, label: string): Promise<void> {
  const folder = label.slice(0, Math.max(0, label.lastIndexOf("/")));
  if (folder === "") return;
  const real = await files.realPath(pathOf(root, folder));
  if (real.replaceAll("\\", "/") !== pathOf(root, folder).replaceAll("\\", "/")) {
    throw new LeftFolderError(`${folder} leads out of the watched folder`);
  }
}

function completenessOf(bytes: Uint8Array): Completeness {
  const format = detectFormat(bytes);
  if (format === null) return "unknown";
  if (format.isComplete === null) return "untold";
  return format.isComplete(bytes) ? "complete" : "unproven";
}
