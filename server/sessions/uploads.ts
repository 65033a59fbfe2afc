import { createHash } from "node:crypto";
import type { StreamInstrumentData } from "../../shared/protocol/agent-events.ts";
import { RequestError } from "../../shared/protocol/errors.ts";
import { CREDIT } from "../../shared/protocol/limits.ts";

/** `whole`: all bytes are here and are what was announced. `partial`: go on at `from`. */
export type UploadStep =
  | { readonly kind: "whole"; readonly bytes: Uint8Array }
  | { readonly kind: "partial"; readonly from: number };

interface Upload {
  readonly sha256: string;
  readonly bytes: Uint8Array;
  have: number;
}

/**
 * Puts the parts of one agent's files together. The hub is the judge of how much it has: a part in the wrong
 * place changes nothing and is told where to go on. Lives as long as the connection.
 */
export class Uploads {
  readonly #open = new Map<string, Upload>();

  /**
   * Takes one part.
   *
   * @throws RequestError hash_mismatch when all bytes are here and are not the announced ones; invalid_message
   *   when a part reaches beyond the announced size
   */
  take(part: StreamInstrumentData): UploadStep {
    const { from, size, content, sha256 } = part;
    if (from + content.length > size) {
      throw new RequestError(
        "invalid_message",
        `content: the part ends at byte ${from + content.length} of a file of ${size}.`,
      );
    }
    if (from === 0 && content.length === size) return whole(content, sha256);
    const key = `${part.session_id}\n${part.filename}`;
    const upload = this.#openUpload(key, part);
    if (from !== upload.have) return { kind: "partial", from: upload.have };
    upload.bytes.set(content, from);
    upload.have += content.length;
    if (upload.have < size) return { kind: "partial", from: upload.have };
    this.#open.delete(key);
    return whole(upload.bytes, sha256);
  }

  #openUpload(key: string, { sha256, size }: StreamInstrumentData): Upload {
    const known = this.#open.get(key);
    if (known && known.sha256 === sha256 && known.bytes.length === size) return known;
    this.#open.delete(key);
    this.#makeRoom();
    const upload: Upload = { sha256, bytes: new Uint8Array(size), have: 0 };
    this.#open.set(key, upload);
    return upload;
  }

  /** An agent has at most its credit of files under way; one that begins more loses the oldest, not memory. */
  #makeRoom(): void {
    while (this.#open.size >= CREDIT.files) {
      const oldest = this.#open.keys().next();
      if (oldest.done) return;
      this.#open.delete(oldest.value);
    }
  }
}

function whole(bytes: Uint8Array, sha256: string): UploadStep {
  if (createHash("sha256").update(bytes).digest("hex") !== sha256) throw new RequestError("hash_mismatch");
  return { kind: "whole", bytes };
}
