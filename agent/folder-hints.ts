import { errorCode, type FolderFiles } from "./folder-files.ts";
import { pathOf } from "./walk-folder.ts";

/** Each watched folder costs the system a handle; the periodic scan finds what lies in the others. */
const MAX_WATCHED_FOLDERS = 64;

/**
 * The system's hints that something changed in the folder. They only hasten the scan: they get lost under load,
 * never come from network shares, and the system may refuse to give any.
 */
export class FolderHints {
  readonly #files: FolderFiles;
  readonly #onHint: (label: string | null) => void;
  readonly #watchers = new Map<string, () => void>();
  #refused: string | null = null;

  /** @param onHint label of what may have changed; null when the system does not say */
  constructor(files: FolderFiles, onHint: (label: string | null) => void) {
    this.#files = files;
    this.#onHint = onHint;
  }

  /** Why the system gives no hints (`ENOSPC`); null while it does. */
  get refused(): string | null {
    return this.#refused;
  }

  /** Listens to exactly these folders from now on; asked again with every scan, so that a refusal can heal. */
  follow(root: string, folders: readonly string[]): void {
    this.#refused = null;
    const wanted = new Set(folders.slice(0, MAX_WATCHED_FOLDERS));
    for (const [folder, close] of this.#watchers) {
      if (wanted.has(folder)) continue;
      close();
      this.#watchers.delete(folder);
    }
    for (const folder of wanted) if (!this.#watchers.has(folder)) this.#watch(root, folder);
  }

  /** The folder is gone or another one: the old watchers would stay silent for ever. */
  stop(): void {
    for (const close of this.#watchers.values()) close();
    this.#watchers.clear();
  }

  #watch(root: string, folder: string): void {
    const hint = (name: string | null) =>
      this.#onHint(name === null ? null : folder === "" ? name : `${folder}/${name}`);
    const refuse = (error: unknown) => {
      this.#watchers.get(folder)?.();
      this.#watchers.delete(folder);
      // A folder that was just removed ends its watcher (EPERM on Windows): that is no refusal.
      const code = errorCode(error);
      if (code !== "ENOENT" && code !== "EPERM") this.#refused = code;
    };
    try {
      this.#watchers.set(folder, this.#files.watch(pathOf(root, folder), hint, refuse));
    } catch (error) {
      refuse(error);
    }
  }
}
