import { createHash } from "node:crypto";
import { appendFile, rename, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Random } from "../../agent/random.ts";
import { simulatedFile } from "./fixtures.ts";

/** One content of one file. */
export interface WrittenContent {
  readonly sha256: string;
  readonly size: number;
  readonly mtime_ms: number;
  /** `performance.now()` when it stood in the folder; null: a beginning of a file that was still growing. */
  readonly finishedMs: number | null;
}

/** Every this many files is of the size that instruments write; the others are small, for speed. */
const FULL_SIZE_EVERY = 10;
const ROW_GROUPS = 5;
const LONGEST_ROW_PAUSE_MS = 120;
const LONGEST_PAUSE_MS = 80;
const BURST = 8;
/** Files written at once in a burst of thousands. */
const PARALLEL_WRITES = 32;

/** A potentiostat's program: writes scans into a folder and remembers every content that it wrote. */
export class Instrument {
  /** Per name all contents in order; the last one is what stands in the folder. */
  readonly written = new Map<string, WrittenContent[]>();
  readonly #folder: string;
  readonly #prefix: string;
  readonly #random: Random;
  readonly #busy = new Set<string>();
  #last = 0;
  #revision = 0;

  /** @param prefix begins every name, and stands in every file */
  constructor(folder: string, prefix: string, random: Random) {
    this.#folder = folder;
    this.#prefix = prefix;
    this.#random = random;
  }

  /** What a session must ask for to get these files. */
  get pattern(): string {
    return `${this.#prefix}_{n}.txt`;
  }

  /** Contents that were finished. */
  get finished(): number {
    return [...this.written.values()].flat().filter(({ finishedMs }) => finishedMs !== null).length;
  }

  /** A new file that appears whole, as programs do it that rename. */
  async save(): Promise<void> {
    await this.#saveAs(this.#newName(), "rename");
  }

  /** Many new files, as fast as the disk takes them. */
  async burst(count: number): Promise<void> {
    let left = count;
    const worker = async () => {
      while (left-- > 0) await this.save();
    };
    await Promise.all(Array.from({ length: PARALLEL_WRITES }, worker));
  }

  /** A file that grows row by row, as programs do it that keep it open. */
  async grow(groups = ROW_GROUPS, longestPauseMs = LONGEST_ROW_PAUSE_MS): Promise<void> {
    const name = this.#newName();
    this.#busy.add(name);
    const content = Buffer.from(this.newContent());
    for (let group = 1, at = 0; group <= groups; group++) {
      const end = Math.floor((content.length * group) / groups);
      await appendFile(join(this.#folder, name), content.subarray(at, end));
      await this.#note(name, content.subarray(0, end), group === groups);
      at = end;
      if (group < groups) await pause(this.#random.uniform() * longestPauseMs);
    }
    this.#busy.delete(name);
  }

  /** A file of this name gets a content, new or old, as programs do it that rename. */
  async put(name: string, content: Uint8Array): Promise<void> {
    await this.#saveAs(name, "rename", content);
  }

  /** A file gets a content in place, and its time of change is set to a whole second: neither must give it away. */
  async putUnseen(name: string, content: Uint8Array, mtimeS: number): Promise<void> {
    const path = join(this.#folder, name);
    await writeFile(path, content);
    await utimes(path, mtimeS, mtimeS);
    await this.#note(name, content, true);
  }

  /** No two contents are alike. @param size the content is filled up to so many bytes */
  newContent(size?: number): Uint8Array {
    this.#revision += 1;
    const small =
      size === undefined && this.#revision % FULL_SIZE_EVERY === 0 ? {} : { electrodes: 1, step_v: 0.005 };
    const scan = (canary: string) => simulatedFile(this.#revision, { ...small, canary });
    const content = scan(this.#prefix);
    if (size === undefined || size === content.length) return content;
    return scan(this.#prefix + "x".repeat(size - content.length));
  }

  /** An older file gets another content, under its name. */
  async rewrite(): Promise<void> {
    const names = [...this.written.keys()].filter((name) => !this.#busy.has(name));
    const name = names[Math.floor(this.#random.uniform() * names.length)];
    if (name === undefined) return this.save();
    await this.#saveAs(name, this.#random.uniform() < 0.5 ? "rename" : "in-place");
  }

  /** Goes on writing all kinds of files until it is stopped; `stop` waits for the last of them. */
  writeOn(): { stop(): Promise<void> } {
    let stopped = false;
    const growing: Promise<void>[] = [];
    const writing = (async () => {
      while (!stopped) {
        const kind = this.#random.uniform();
        if (kind < 0.1) growing.push(this.grow());
        else if (kind < 0.2) await this.rewrite();
        else if (kind < 0.25) await this.burst(BURST);
        else await this.save();
        await pause(this.#random.uniform() * LONGEST_PAUSE_MS);
      }
    })();
    return {
      stop: async () => {
        stopped = true;
        await writing;
        await Promise.all(growing);
      },
    };
  }

  #newName(): string {
    this.#last += 1;
    return `${this.#prefix}_${this.#last}.txt`;
  }

  async #saveAs(name: string, how: "rename" | "in-place", content = this.newContent()): Promise<void> {
    this.#busy.add(name);
    const path = join(this.#folder, name);
    if (how === "rename") {
      await writeFile(`${path}.part`, content);
      await rename(`${path}.part`, path);
    } else await writeFile(path, content);
    await this.#note(name, content, true);
    this.#busy.delete(name);
  }

  async #note(name: string, content: Uint8Array, finished: boolean): Promise<void> {
    const finishedMs = finished ? performance.now() : null;
    const { mtimeNs, size } = await stat(join(this.#folder, name), { bigint: true });
    const contents = this.written.get(name) ?? [];
    this.written.set(name, contents);
    contents.push({
      sha256: createHash("sha256").update(content).digest("hex"),
      size: Number(size),
      mtime_ms: Number(mtimeNs / 1_000_000n),
      finishedMs,
    });
  }
}
