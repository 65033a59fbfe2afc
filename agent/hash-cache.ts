import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { appendFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { writeWhole } from "./config-folder.ts";
import { makeFolder } from "./make-folder.ts";
import type { HashMemory } from "./tracked-file.ts";

type Line = readonly [label: string, fingerprint: string, sha256: string];

/**
 * Hashes of files that were not touched since, kept beside the agent's key, so that a restart with 10,000 files
 * reads none of them again. Only a hint: a wrong hash is found by the hub, and the file is then read again. New
 * lines are appended; a torn or foreign line is skipped. Losing the file costs one reading of the folder.
 */
export class HashCache implements HashMemory {
  readonly #path: string;
  readonly #entries = new Map<string, { readonly fingerprint: string; readonly sha256: string }>();
  #unsaved: Line[] = [];
  #lines = 0;

  /** @param folder absolute path of the watched folder; every folder has its own cache */
  constructor(configFolder: string, folder: string) {
    const id = createHash("sha256").update(folder).digest("hex").slice(0, 16);
    this.#path = join(configFolder, `hashes-${id}.jsonl`);
    for (const text of readLines(this.#path)) {
      this.#lines += 1;
      const line = parseLine(text);
      if (line !== null) this.#entries.set(line[0], { fingerprint: line[1], sha256: line[2] });
    }
  }

  get(label: string, fingerprint: string): string | null {
    const entry = this.#entries.get(label);
    return entry?.fingerprint === fingerprint ? entry.sha256 : null;
  }

  put(label: string, fingerprint: string, sha256: string): void {
    if (this.get(label, fingerprint) === sha256) return;
    this.#entries.set(label, { fingerprint, sha256 });
    this.#unsaved.push([label, fingerprint, sha256]);
  }

  forget(label: string): void {
    this.#entries.delete(label);
  }

  /** @throws the file system's error (a full disk): the cache then goes on in memory */
  async save(): Promise<void> {
    const lines = this.#unsaved;
    if (lines.length === 0) return;
    this.#unsaved = [];
    try {
      await this.#write(lines);
    } catch (error) {
      this.#unsaved = [...lines, ...this.#unsaved];
      throw error;
    }
  }

  async #write(lines: readonly Line[]): Promise<void> {
    if (this.#lines + lines.length > 2 * this.#entries.size + 1_000) return this.#rewrite();
    makeFolder(dirname(this.#path));
    // The empty line first ends a line that a power cut may have torn.
    await appendFile(this.#path, `\n${lines.map(formatLine).join("")}`, { mode: 0o600 });
    this.#lines += lines.length;
  }

  #rewrite(): void {
    const lines = [...this.#entries].map(
      ([label, { fingerprint, sha256 }]): Line => [label, fingerprint, sha256],
    );
    writeWhole(this.#path, lines.map(formatLine).join(""), "replace");
    this.#lines = lines.length;
  }
}

function readLines(path: string): string[] {
  try {
    return readFileSync(path, "utf8")
      .split("\n")
      .filter((text) => text !== "");
  } catch {
    // Absent at the first start; unreadable otherwise. Both cost one reading of the folder and nothing more.
    return [];
  }
}

function formatLine(line: Line): string {
  return `${JSON.stringify(line)}\n`;
}

function parseLine(text: string): Line | null {
  try {
    const value: unknown = JSON.parse(text);
    if (!Array.isArray(value) || value.length !== 3) return null;
    const [label, fingerprint, sha256] = value as unknown[]; // each is checked in the next line
    if (typeof label !== "string" || typeof fingerprint !== "string" || typeof sha256 !== "string")
      return null;
    return /^[0-9a-f]{64}$/.test(sha256) ? [label, fingerprint, sha256] : null;
  } catch {
    return null;
  }
}
