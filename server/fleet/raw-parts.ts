import { MAX_PART_BYTES } from "../../shared/protocol/limits.ts";
import type { LogKey, Store } from "../store/port.ts";

/** Large files that are being read part by part, by a few hubs at once. */
const MAX_OPEN = 4;

/** Gives a sister the parts of a file. A large one is read from the disk once, not once a part. */
export class RawParts {
  readonly #own: Pick<Store, "readRaw">;
  readonly #open = new Map<string, Uint8Array>();

  constructor(own: Pick<Store, "readRaw">) {
    this.#own = own;
  }

  /** Null for a file that is not kept here. */
  async read(
    log: LogKey,
    offset: number,
    from: number,
  ): Promise<{ size: number; content: Uint8Array } | null> {
    const name = `${log} ${offset}`;
    const bytes = this.#open.get(name) ?? (await this.#own.readRaw(log, offset));
    if (bytes === null) return null;
    const end = from + MAX_PART_BYTES;
    this.#open.delete(name);
    if (end < bytes.length) this.#keepOpen(name, bytes);
    return { size: bytes.length, content: bytes.subarray(from, end) };
  }

  #keepOpen(name: string, bytes: Uint8Array): void {
    const [oldest] = this.#open.keys();
    if (this.#open.size >= MAX_OPEN && oldest !== undefined) this.#open.delete(oldest);
    this.#open.set(name, bytes);
  }
}
