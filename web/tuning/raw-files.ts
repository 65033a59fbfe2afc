import { signal } from "@preact/signals";
import type { HubLink } from "../connection/hub-link.ts";
import type { CurvePlace } from "../stores/curves.ts";

/** Files whose bytes are kept while parameters are tried: 40 × 40 KB. */
const KEPT_FILES = 40;

export type FileHere =
  | { readonly kind: "here"; readonly name: string; readonly bytes: Uint8Array }
  | { readonly kind: "coming" }
  | { readonly kind: "gone"; readonly message: string };

/** The instrument's own files of the scans in view, asked for once each. */
export class RawFiles {
  /** Moves when a file has arrived. */
  readonly arrived = signal(0);
  private readonly link: HubLink;
  private readonly userId: () => string | null;
  private readonly files = new Map<string, FileHere>();

  constructor(link: HubLink, userId: () => string | null) {
    this.link = link;
    this.userId = userId;
  }

  forget(): void {
    this.files.clear();
  }

  /** A file as far as it is here; asks for it where it is not. */
  of(place: CurvePlace): FileHere {
    const key = `${place.sessionId} ${place.log.epoch} ${place.offset}`;
    const known = this.files.get(key);
    if (known !== undefined) return known;
    this.keep(key, { kind: "coming" });
    void this.ask(place, key);
    return { kind: "coming" };
  }

  private async ask({ sessionId, offset }: CurvePlace, key: string): Promise<void> {
    const outcome = await this.link.request("read_raw", {
      user_id: this.userId() ?? "",
      session_id: sessionId,
      offset,
    });
    if (outcome.ok) {
      const { name, content } = outcome.value;
      this.keep(key, { kind: "here", name, bytes: new Uint8Array(content) });
    } else if (outcome.error.retryable) this.files.delete(key);
    else this.keep(key, { kind: "gone", message: outcome.error.message });
    this.arrived.value += 1;
  }

  private keep(key: string, file: FileHere): void {
    this.files.delete(key);
    this.files.set(key, file);
    for (const oldest of this.files.keys()) {
      if (this.files.size <= KEPT_FILES) return;
      this.files.delete(oldest);
    }
  }
}
