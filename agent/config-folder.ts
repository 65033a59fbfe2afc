import { randomBytes } from "node:crypto";
import { closeSync, fsyncSync, linkSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { makeFolder } from "./make-folder.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** The folder for this agent's own files where the platform wants it: XDG, `%APPDATA%`, `~/Library`. */
export function defaultConfigFolder(
  platform: NodeJS.Platform,
  environment: Environment,
  home: string = homedir(),
): string {
  if (platform === "win32") return join(environment.APPDATA ?? join(home, "AppData", "Roaming"), "Benchcast");
  if (platform === "darwin") return join(home, "Library", "Application Support", "Benchcast");
  return join(environment.XDG_CONFIG_HOME || join(home, ".config"), "benchcast");
}

/**
 * Writes a small file so that a reader, or a power cut, finds either all of it or none. Only its owner may read it.
 *
 * @param mode `create`: an existing file stays and false comes back; `replace`: it is replaced
 * @throws the file system's error, after the unfinished file is removed
 */
export function writeWhole(path: string, content: string, mode: "create" | "replace"): boolean {
  makeFolder(dirname(path));
  const unfinished = `${path}.${randomBytes(6).toString("hex")}.new`;
  try {
    const file = openSync(unfinished, "wx", 0o600);
    try {
      writeSync(file, content);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    if (mode === "create") return linkOnce(unfinished, path);
    renameSync(unfinished, path);
    return true;
  } finally {
    rmSync(unfinished, { force: true });
  }
}

/** Two first starts at the same moment must end with one key: a hard link is made once, a rename is not. */
function linkOnce(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : null;
    if (code === "EEXIST") return false;
    // FAT and some network shares know no hard links; there the small risk of two first starts remains.
    renameSync(from, to);
    return true;
  }
}
