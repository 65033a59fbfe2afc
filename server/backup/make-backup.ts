import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { renameSync, rmSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { makeFolder } from "../store/make-folder.ts";
import { DATABASE_FILE } from "../store/sqlite.ts";
import { type CopyFacts, flushToDisk } from "../store/sqlite-copy.ts";
import { backupName, pruneBackups, removeAbandoned, UNFINISHED } from "./backup-files.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const COPY_PROCESS = fileURLToPath(new URL("./copy-process.ts", import.meta.url));

export interface MadeBackup extends CopyFacts {
  readonly path: string;
  readonly bytes: number;
  readonly made_at_ms: number;
}

interface BackupOrder {
  readonly dataDir: string;
  readonly directory: string;
  /** How many backups stay, this one included. */
  readonly keep: number;
  readonly atMs: number;
  readonly signal?: AbortSignal;
}

/**
 * Copies the embedded store while its hub writes, checks the copy by reading it, and only then gives it its name.
 * The copying is done in a process of its own: it takes seconds to minutes, and a fault in it ends nothing else.
 *
 * @throws Error in words for an operator
 */
export async function makeBackup(order: BackupOrder): Promise<MadeBackup> {
  const directory = resolve(order.directory);
  makeFolder(directory);
  removeAbandoned(directory, Date.now());
  const path = join(directory, backupName(order.atMs));
  const unfinished = path + UNFINISHED;
  const facts = await copy(resolve(order.dataDir, DATABASE_FILE), unfinished, order.signal).catch((error) => {
    rmSync(unfinished, { force: true });
    throw error;
  });
  renameSync(unfinished, path);
  flushToDisk(path);
  pruneBackups(directory, order.keep);
  return { ...facts, path, bytes: statSync(path).size, made_at_ms: order.atMs };
}

async function copy(source: string, target: string, signal: AbortSignal | undefined): Promise<CopyFacts> {
  const words = ["--import", "tsx", COPY_PROCESS, source, target];
  // tsx is found from the folder of this package.
  const child = spawn(process.execPath, words, {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "pipe"],
    ...(signal === undefined ? {} : { signal }),
  });
  const [said, complained, [code]] = await Promise.all([
    textOf(child.stdout),
    textOf(child.stderr),
    once(child, "close") as Promise<[number | null]>,
  ]);
  if (code !== 0) throw new Error(lastLine(complained) || `the copy ended with ${code}`);
  return JSON.parse(said) as CopyFacts; // written by copy-process.ts, of this very version
}

async function textOf(stream: ChildProcess["stdout"]): Promise<string> {
  let text = "";
  for await (const part of stream ?? []) text += String(part);
  return text;
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}
