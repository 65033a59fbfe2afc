import type { FolderTrouble } from "../shared/protocol/folder-trouble.ts";
import type { SessionDebt } from "./session-debt.ts";
import type { FileStanding } from "./tracked-file.ts";

/** What viewers may know of it: the reason alone; null when the folder can be read. */
export function folderTrouble(code: string | null): FolderTrouble | null {
  if (code === null) return null;
  if (code === "ENOENT" || code === "ENOTDIR") return "missing";
  return code === "EACCES" || code === "EPERM" ? "forbidden" : "unreadable";
}

/** What is wrong with the watched folder, in words; null when it can be read. */
export function explainFolder(code: string | null, folder: string): string | null {
  if (code === null) return null;
  if (code === "ENOENT")
    return `The folder ${folder} is not there. Waiting for it; check the path and that its drive is connected.`;
  if (code === "ENOTDIR") return `${folder} is a file, not a folder. Waiting for a folder.`;
  if (code === "EACCES" || code === "EPERM")
    return `You may not read the folder ${folder} (${code}). Give this user access; trying again.`;
  return `The folder ${folder} cannot be read now (${code}). Trying again.`;
}

/** The files that cannot be read, in one line; null when there are none. */
export function explainFiles(
  standings: Iterable<readonly [label: string, standing: FileStanding]>,
): string | null {
  let count = 0;
  let example = "";
  for (const [label, standing] of standings) {
    // The first tries fail while a writer holds its new file: nothing to bother a person with.
    if (standing.is !== "unreadable" || standing.attempts < 4) continue;
    count += 1;
    if (example === "") example = `${label} (${standing.code})`;
  }
  if (count === 0) return null;
  const subject =
    count === 1 ? `${example} cannot be read.` : `${count} files cannot be read, ${example} among them.`;
  return `${subject} Another program may hold it, or this user has no right to read it. Trying again.`;
}

/** That the system gives no hints, which costs seconds and loses nothing; null when it gives them. */
export function explainHints(code: string | null): string | null {
  if (code === null) return null;
  return `The system does not report changes in this folder (${code}). New files are found by looking every few seconds.`;
}

/** The files that the hub will never take, in one line with the first one's reason; null when there are none. */
export function explainRefused(sessions: Iterable<SessionDebt>): string | null {
  let count = 0;
  let example = "";
  for (const session of sessions) {
    for (const [name, { state }] of session.debts) {
      if (state.is !== "rejected") continue;
      count += 1;
      if (example === "") example = `${name}: ${state.message}`;
    }
  }
  if (count === 0) return null;
  return count === 1
    ? `The hub refuses ${example}`
    : `The hub refuses ${count} files, for example ${example}`;
}
