import { useSignalEffect } from "@preact/signals";
import { useRef, useState } from "preact/hooks";
import type { ExportFormat } from "../../shared/protocol/export-format.ts";
import type { SessionSummary } from "../../shared/protocol/session.ts";
import type { ReadingProgram } from "../stores/exports.ts";
import { useViewer } from "../stores/viewer.ts";
import { MadeExports } from "./made-exports.tsx";

const FORMATS: Record<ExportFormat, string> = {
  csv: "CSV – one table, for any program",
  xlsx: "XLSX – a sheet for each electrode",
  parquet: "Parquet – typed columns, for large runs",
  json: "JSON – the table with everything about it",
  "sacmes.txt": "SACMES – the layout of the desktop program",
  zip: "ZIP – the instrument's own files with the results",
};

/** Hands the shown session over: opens the choice of format. */
export function ExportButton() {
  const { exports, sessions } = useViewer();
  const session = sessions.shown.value;
  const state = exports.state.value;
  const button = useRef<HTMLButtonElement>(null);
  return (
    <>
      <button
        ref={button}
        type="button"
        data-testid="export"
        aria-keyshortcuts="e"
        aria-haspopup="dialog"
        disabled={session === null}
        onClick={() => exports.show()}
      >
        Export
      </button>
      <span class="visually-hidden" role="status">
        {state.kind === "ready" ? `${state.filename} is being downloaded.` : ""}
      </span>
      {session !== null && <ExportDialog session={session} onClosed={() => button.current?.focus()} />}
    </>
  );
}

interface ExportDialogProps {
  readonly session: SessionSummary;
  /** Opened by a key, the browser knows no button to give the focus back to. */
  readonly onClosed: () => void;
}

function ExportDialog({ session, onClosed }: ExportDialogProps) {
  const { exports } = useViewer();
  const dialog = useRef<HTMLDialogElement>(null);
  useSignalEffect(() => {
    if (exports.open.value && dialog.current?.open === false) dialog.current.showModal();
    if (!exports.open.value && dialog.current?.open === true) dialog.current.close();
  });
  return (
    <dialog
      ref={dialog}
      class="export-dialog"
      aria-labelledby="export-title"
      onClose={() => {
        exports.close();
        onClosed();
      }}
    >
      <h2 id="export-title">Export “{session.label}”</h2>
      {exports.open.value && (
        <form
          class="export-form"
          onSubmit={(event) => {
            event.preventDefault();
            void exports.start(session);
          }}
        >
          <FormatChoice />
          <RangeChoice session={session} />
          <div class="row">
            <button
              type="submit"
              class="primary"
              data-testid="export-start"
              disabled={exports.isAsking.value}
            >
              {exports.isAsking.value ? "Asking…" : "Download"}
            </button>
            <button type="button" data-testid="export-close" onClick={() => exports.close()}>
              Close
            </button>
          </div>
          <Outcome />
        </form>
      )}
      {exports.open.value && <MadeExports sessionId={session.session_id} />}
      {exports.open.value && <Programs session={session} />}
    </dialog>
  );
}

function FormatChoice() {
  const { exports } = useViewer();
  return (
    <fieldset class="export-choice">
      <legend>As</legend>
      {(Object.keys(FORMATS) as ExportFormat[]).map((format) => (
        <label key={format}>
          <input
            type="radio"
            name="export-format"
            value={format}
            checked={exports.format.value === format}
            onChange={() => {
              exports.format.value = format;
            }}
          />
          {FORMATS[format]}
        </label>
      ))}
    </fieldset>
  );
}

function RangeChoice({ session }: { readonly session: SessionSummary }) {
  const { exports } = useViewer();
  const end = exports.lastEnd(session);
  if (end === null) return null;
  const fresh = session.head - end;
  return (
    <fieldset class="export-choice">
      <legend>Which files</legend>
      <label>
        <input
          type="radio"
          name="export-range"
          checked={!exports.onlyNew.value}
          onChange={() => {
            exports.onlyNew.value = false;
          }}
        />
        The whole run, {session.head} files
      </label>
      <label>
        <input
          type="radio"
          name="export-range"
          data-testid="export-new"
          disabled={fresh === 0}
          checked={exports.onlyNew.value}
          onChange={() => {
            exports.onlyNew.value = true;
          }}
        />
        {fresh === 0 ? "Nothing is new since your last export" : `Since your last export, ${fresh} files`}
      </label>
    </fieldset>
  );
}

function Outcome() {
  const { exports } = useViewer();
  const state = exports.state.value;
  if (state.kind === "failed")
    return (
      <p class="problem" role="alert">
        {state.message}
      </p>
    );
  if (state.kind !== "ready") return null;
  return (
    <p class="quiet" data-testid="export-ready">
      {state.filename} with {state.files} files is being downloaded; the browser shows how far it is. If it
      did not begin, <a href={state.href}>download it here</a>.
    </p>
  );
}

/** Ready programs for who reads the run by script, again and again. */
function Programs({ session }: { readonly session: SessionSummary }) {
  const { exports, membership } = useViewer();
  const { credential } = membership;
  if (credential === null) return null;
  const secret =
    credential.kind === "user-id"
      ? "your User ID: whoever has it controls the run"
      : "this page's link: whoever has it sees what you see";
  return (
    <details class="export-programs">
      <summary>Read it from Python or R</summary>
      <p class="quiet">Each of these holds {secret}. Keep them to yourself.</p>
      {exports.programs(session.session_id, credential).map((program) => (
        <Program key={program.language} program={program} />
      ))}
    </details>
  );
}

function Program({ program }: { readonly program: ReadingProgram }) {
  const { language, text } = program;
  const field = useRef<HTMLTextAreaElement>(null);
  const [said, setSaid] = useState("");
  const copy = async (): Promise<void> => {
    field.current?.select();
    try {
      // Browsers give the clipboard to pages on https and on this computer alone.
      await navigator.clipboard.writeText(text);
      setSaid("Copied.");
    } catch {
      setSaid("This browser does not let the page copy. The text is selected: copy it with your keys.");
    }
  };
  return (
    <div class="export-program">
      <div class="row">
        <strong>{language}</strong>
        <button type="button" onClick={() => void copy()}>
          Copy
        </button>
        <span class="quiet" role="status">
          {said}
        </span>
      </div>
      <textarea
        ref={field}
        class="mono"
        data-testid={`export-${language}`}
        readOnly
        rows={text.split("\n").length - 1}
        wrap="off"
        value={text}
        aria-label={`Program in ${language}`}
      />
    </div>
  );
}
