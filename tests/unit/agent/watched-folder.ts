import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { FolderFiles } from "../../../agent/folder-files.ts";
import { nodeFolderFiles } from "../../../agent/node-folder-files.ts";
import { DEFAULT_EXTENSIONS } from "../../../agent/options.ts";
import { ScanFolder } from "../../../agent/scan-folder.ts";
import { renderChiSwv, simulatedScan } from "../../../agent/simulate.ts";
import type { FinishedFile, HashMemory } from "../../../agent/tracked-file.ts";
import { FakeClock } from "./fake-clock.ts";

/** A complete CHI file; its text up to a row is one that still grows. */
export function chiText(number = 1): string {
  const scan = simulatedScan({ number, step_v: 0.01, electrodes: 1 });
  return renderChiSwv({ scan, startedAt: new Date(2026, 10, 21), fileName: "x" });
}

/** Hashes that a test can look into. */
export class OpenMemory implements HashMemory {
  readonly entries = new Map<string, string>();

  get(label: string, fingerprint: string): string | null {
    return this.entries.get(`${label} ${fingerprint}`) ?? null;
  }

  put(label: string, fingerprint: string, sha256: string): void {
    this.entries.set(`${label} ${fingerprint}`, sha256);
  }

  forget(label: string): void {
    for (const key of this.entries.keys()) if (key.startsWith(`${label} `)) this.entries.delete(key);
  }
}

export interface WatchedFolder {
  readonly folder: string;
  readonly scan: ScanFolder;
  readonly clock: FakeClock;
  readonly hashes: OpenMemory;
  /** What was announced, in order. */
  readonly finished: (FinishedFile & { readonly fresh: boolean })[];
  readonly gone: string[];
  /** As the system would say that a name may have changed; null: something did. */
  hint(name: string | null): void;
  /** Lets time pass on the agent's clock. The files are real. */
  pass(ms: number): Promise<void>;
  standing(name: string): string | undefined;
}

/** A scan of a real temporary folder, on a clock that the test moves. Hints come only from the test. */
export async function watchFolder(
  options: { files?: Partial<FolderFiles>; recursive?: boolean; folder?: string; hashes?: OpenMemory } = {},
): Promise<WatchedFolder> {
  const folder = options.folder ?? (await temporaryFolder());
  const clock = new FakeClock();
  const hashes = options.hashes ?? new OpenMemory();
  const finished: WatchedFolder["finished"] = [];
  const gone: string[] = [];
  let hint: (name: string | null) => void = () => {};
  const watch: FolderFiles["watch"] = (_folder, onHint) => {
    hint = onHint;
    return () => {};
  };
  const scan = new ScanFolder({
    files: { ...nodeFolderFiles, watch, ...options.files },
    clock,
    folder,
    rules: { extensions: DEFAULT_EXTENSIONS, recursive: options.recursive ?? false },
    hashes,
    onFinished: (file, fresh) => finished.push({ ...file, fresh }),
    onGone: (label) => gone.push(label),
    onChange: () => {},
  });
  onTestFinished(() => scan.stop());
  scan.start();
  const pass = (ms: number) => clock.pass(ms, () => scan.idle());
  const standing = (name: string) => new Map(scan.standings()).get(name)?.is;
  return { folder, scan, clock, hashes, finished, gone, hint: (name) => hint(name), pass, standing };
}

export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "benchcast-watch-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
