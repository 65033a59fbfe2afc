import { signal } from "@preact/signals";
import type { HubLink } from "../connection/hub-link.ts";

export type ExportState =
  | { readonly kind: "idle" }
  | { readonly kind: "asking" }
  | { readonly kind: "ready"; readonly filename: string; readonly href: string }
  | { readonly kind: "failed"; readonly message: string };

/** Exports of the shown session: asked for on the socket, downloaded over HTTP. */
export class ExportStore {
  readonly state = signal<ExportState>({ kind: "idle" });
  private readonly link: HubLink;
  private readonly hubUrl: string;
  private readonly userId: () => string | null;

  constructor(link: HubLink, hubUrl: string, userId: () => string | null) {
    this.link = link;
    this.hubUrl = hubUrl;
    this.userId = userId;
  }

  async csv(sessionId: string): Promise<void> {
    if (this.state.value.kind === "asking") return;
    this.state.value = { kind: "asking" };
    const outcome = await this.link.request("request_export_data", {
      user_id: this.userId() ?? "",
      session_id: sessionId,
      format: "csv",
    });
    if (!outcome.ok) {
      this.state.value = { kind: "failed", message: outcome.error.message };
      return;
    }
    const { path, filename } = outcome.value;
    const href = new URL(path.replace(/^\//, ""), this.hubUrl).href;
    download(href, filename);
    this.state.value = { kind: "ready", filename, href };
  }

  dismiss(): void {
    this.state.value = { kind: "idle" };
  }
}

function download(href: string, filename: string): void {
  const anchor = document.createElement("a");
  anchor.href = href;
  anchor.download = filename;
  anchor.click();
}
