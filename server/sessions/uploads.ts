import { createHash } from "node:crypto";
import type { StreamInstrumentData } from "../../shared/protocol/agent-events.ts";
import { RequestError } from "../../shared/protocol/errors.ts";
import { CREDIT } from "../../shared/protocol/limits.ts";
import type { UploadRoom } from "./upload-room.ts";

/** `whole`: all bytes are here and are what was announced. `partial`: go on at `from`. */
export type UploadStep =
  | { readonly kind: "whole"; readonly bytes: Uint8Array }
  | { readonly kind: "partial"; readonly from: number };

interface Upload {
  readonly sha256: string;
  readonly size: number;
  /** Grows with what comes: an announced size alone costs nothing. */
  bytes: Uint8Array;
  have: number;
}

/**
 * Puts the parts of one agent's files together. The hub is the judge of how much it has: a part in the wrong
 * place changes nothing and is told where to go on. Lives as long as the connection.
 */
export class Uploads {
  readonly #open = new Map<string, Upload>();
  readonly #room: UploadRoom;
  #bytes = 0;

  /** @param room where all connections of the hub keep what is not whole yet */
  constructor(room: UploadRoom) {
    this.#room = room;
  }

  /** Memory of the files whose parts are still coming. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Takes one part.
   *
   * @throws RequestError hash_mismatch when all bytes are here and are not the announced ones; invalid_message
   *   when a part reaches beyond the announced size
   */
  take(part: StreamInstrumentData): UploadStep {
    const { from, size, content, sha256 } = part;
    const end = from + content.length;
    if (end > size) {
      const message = `content: the part ends at byte ${end} of a file of ${size}.`;
      throw new RequestError("invalid_message", message);
    }
    if (from === 0 && content.length === size) return whole(content, sha256);
    const key = `${part.session_id}\n${part.filename}`;
    const upload = this.#openUpload(key, part);
    if (from !== upload.have) return { kind: "partial", from: upload.have };
    if (!this.#grow(key, upload, end)) return { kind: "partial", from: 0 };
    upload.bytes.set(content, from);
    upload.have = end;
    if (end < size) return { kind: "partial", from: end };
    this.#drop(key);
    return whole(upload.bytes, sha256);
  }

  /** The connection is over. */
  clear(): void {
    for (const key of this.#open.keys()) this.#drop(key);
    this.#room.leave(this);
  }

  /** For room: its file is asked for again from the beginning when its next part comes. */
  dropOldest(): void {
    const [oldest] = this.#open.keys();
    if (oldest !== undefined) this.#drop(oldest);
  }

  #openUpload(key: string, { sha256, size }: StreamInstrumentData): Upload {
    const known = this.#open.get(key);
    if (known && known.sha256 === sha256 && known.size === size) return known;
    this.#drop(key);
    // An agent has at most its credit of files under way; one that begins more loses the oldest, not memory.
    while (this.#open.size >= CREDIT.files) this.dropOldest();
    const upload: Upload = { sha256, size, bytes: new Uint8Array(0), have: 0 };
    this.#open.set(key, upload);
    return upload;
  }

  /** @returns false when this very file had to give way */
  #grow(key: string, upload: Upload, end: number): boolean {
    const { bytes, size } = upload;
    if (end <= bytes.length) return true;
    const capacity = Math.min(size, Math.max(end, 2 * bytes.length));
    this.#room.admit(this, capacity - bytes.length);
    if (this.#open.get(key) !== upload) return false;
    upload.bytes = new Uint8Array(capacity);
    upload.bytes.set(bytes);
    this.#bytes += capacity - bytes.length;
    return true;
  }

  #drop(key: string): void {
    this.#bytes -= this.#open.get(key)?.bytes.length ?? 0;
    this.#open.delete(key);
  }
}

function whole(bytes: Uint8Array, sha256: string): UploadStep {
  if (createHash("sha256").update(bytes).digest("hex") !== sha256) throw new RequestError("hash_mismatch");
  return { kind: "whole", bytes };
}
