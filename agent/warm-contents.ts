import { CREDIT, MAX_PART_BYTES } from "../shared/protocol/limits.ts";

/** Contents kept: as many as may be under way at once, each of one part at most: 8 × 256 KiB = 2 MiB. */
const KEPT = CREDIT.files;
export const WARM_BYTES = MAX_PART_BYTES;

/**
 * The bytes of files that were just found finished. A live file is sent in the same moment: it need not be read a
 * second time, and a content that is overwritten a moment later still arrives.
 */
export class WarmContents {
  #contents: readonly { readonly label: string; readonly sha256: string; readonly bytes: Uint8Array }[] = [];

  put(label: string, sha256: string, bytes: Uint8Array): void {
    const others = this.#contents.filter((content) => content.label !== label || content.sha256 !== sha256);
    this.#contents = [...others.slice(1 - KEPT), { label, sha256, bytes }];
  }

  get(label: string, sha256: string): Uint8Array | null {
    return (
      this.#contents.find((content) => content.label === label && content.sha256 === sha256)?.bytes ?? null
    );
  }

  drop(label: string): void {
    this.#contents = this.#contents.filter((content) => content.label !== label);
  }
}
