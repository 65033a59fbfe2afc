import { computed, effect, signal } from "@preact/signals";
import type { SessionSummary } from "../../shared/protocol/session.ts";
import type { HubLink } from "../connection/hub-link.ts";
import type { Curve } from "../log/curve.ts";
import { draftOf, type ParamDraft, readDraft, sameParams, withText } from "../params/param-draft.ts";
import type { CurvePlace } from "../stores/curves.ts";
import { RawFiles } from "./raw-files.ts";

type TryParams = typeof import("./try-params.ts");

interface TuningPorts {
  readonly link: HubLink;
  readonly userId: () => string | null;
  readonly session: () => SessionSummary | null;
  /** The files of the round in view. */
  readonly places: () => readonly CurvePlace[];
}

/**
 * Trying other parameters on the scans in view, and then applying them to all. The trial runs here, with the hub's
 * own code on the instrument's own file: what a person sees is what the hub will store.
 */
export class TuningStore {
  /** Null: nothing is being changed. */
  readonly draft = signal<ParamDraft | null>(null);
  readonly applying = signal(false);
  readonly refusal = signal<string | null>(null);
  private readonly ports: TuningPorts;
  private readonly files: RawFiles;
  /** The analysis is as large as the rest of the page: it is fetched when somebody changes something. */
  private readonly code = signal<TryParams | null>(null);

  constructor(ports: TuningPorts) {
    this.ports = ports;
    this.files = new RawFiles(ports.link, ports.userId);
    let shown: string | null = null;
    effect(() => {
      const now = ports.session()?.session_id ?? null;
      if (now !== shown) this.close();
      shown = now;
    });
  }

  readonly reading = computed(() => {
    const draft = this.draft.value;
    const session = this.ports.session();
    return draft === null || session === null ? null : readDraft(draft, session.params);
  });

  /** What the plot shows: the parameters as typed while they can be read, else those of the session. */
  readonly params = computed(() => {
    const reading = this.reading.value;
    return reading?.ok === true ? reading.params : this.ports.session()?.params;
  });

  /** Whether what is typed asks for other numbers than those that are shown. */
  readonly changed = computed(() => {
    const reading = this.reading.value;
    const session = this.ports.session();
    return reading?.ok === true && session !== null && !sameParams(reading.params, session.params);
  });

  /** The round in view with the parameters as typed; null while there is nothing to show for them. */
  readonly curves = computed<readonly Curve[] | null>(() => {
    const reading = this.reading.value;
    const code = this.code.value;
    const session = this.ports.session();
    if (!this.changed.value || !reading?.ok || code === null || session === null) return null;
    this.files.arrived.value;
    const curves: Curve[] = [];
    for (const place of this.ports.places()) {
      const file = this.files.of(place);
      if (file.kind !== "here") return null;
      curves.push(...code.tryParams(session, reading.params, { ...file, offset: place.offset }));
    }
    return curves;
  });

  /** Why the parameters cannot be tried on the scans in view; null while that is not known. */
  readonly problem = computed<string | null>(() => {
    this.files.arrived.value;
    if (!this.changed.value) return null;
    for (const place of this.ports.places()) {
      const file = this.files.of(place);
      if (file.kind === "gone") return file.message;
    }
    return null;
  });

  open(): void {
    const session = this.ports.session();
    if (session === null || this.draft.value !== null) return;
    this.refusal.value = null;
    this.draft.value = draftOf(session.technique, session.params);
    if (this.code.value === null) void this.fetchCode();
  }

  close(): void {
    this.draft.value = null;
    this.refusal.value = null;
    this.files.forget();
  }

  edit(draft: ParamDraft): void {
    this.refusal.value = null;
    this.draft.value = draft;
  }

  /** One edge of the window in which the peak may be, from the plot. @param edge 0: the lower one */
  moveEdge(edge: 0 | 1, potentialV: number): void {
    this.open();
    const draft = this.draft.value;
    if (draft?.texts.peak_window === undefined) return;
    this.edit(withText(draft, "peak_window", edge, potentialV.toFixed(3)));
  }

  /** Has the hub analyse every scan with these parameters; the numbers change for everybody when it is done. */
  async apply(): Promise<void> {
    const reading = this.reading.value;
    const session = this.ports.session();
    if (!reading?.ok || session === null || this.applying.value) return;
    this.applying.value = true;
    this.refusal.value = null;
    const outcome = await this.ports.link.request("update_analysis_params", {
      user_id: this.ports.userId() ?? "",
      session_id: session.session_id,
      analysisParams: reading.params,
    });
    this.applying.value = false;
    if (outcome.ok) this.close();
    else this.refusal.value = outcome.error.message;
  }

  private async fetchCode(): Promise<void> {
    try {
      this.code.value = await import("./try-params.ts");
    } catch {
      this.refusal.value = "The preview could not be loaded. The parameters can be applied all the same.";
    }
  }
}
