import { existsSync, mkdirSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";

/**
 * Makes a folder and those above it that are missing; they are their owner's alone.
 *
 * One at a time, because Node's own `recursive` never returns where a file system answers ENOENT although the folder
 * above is there: below `/proc` it tries for ever, at full speed.
 *
 * @throws the file system's error
 */
export function makeFolder(path: string): void {
  const missing: string[] = [];
  for (let at = resolve(path); !existsSync(at) && !missing.includes(at); at = dirname(at))
    missing.unshift(at);
  for (const folder of missing) makeOne(folder);
  if (!statSync(path).isDirectory()) throw Object.assign(new Error(`${path} is a file`), { code: "ENOTDIR" });
}

/** Another process may be making the same one. */
function makeOne(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
}
