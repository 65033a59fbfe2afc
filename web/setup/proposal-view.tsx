import { useMemo } from "preact/hooks";
import type { Proposal } from "../../shared/protocol/viewer-events.ts";
import { peakWindowOf } from "../log/peak-window.ts";
import { curveWords } from "../log/result-words.ts";
import { Swatch } from "../plots/swatch.tsx";
import { TraceLooks } from "../plots/trace-look.ts";
import { VoltammogramPlot } from "../plots/voltammogram-plot.tsx";
import type { Preview } from "../stores/setup.ts";
import { shownTheme } from "../stores/theme.ts";
import { useViewer } from "../stores/viewer.ts";
import { AdjustForm } from "./adjust-form.tsx";
import { RefusalNote } from "./refusal-note.tsx";

/** One proposal: its fit, its start, and everything else behind "adjust". */
export function ProposalView() {
  const { setup, sessions } = useViewer();
  const proposal = setup.proposal.value;
  if (proposal === null) return null;
  const running = proposal.running;
  const invalid = setup.draft.value?.ok === false || setup.matches.value.kind === "problem";
  const also = setup.alsoStarting.value;
  return (
    <section class="proposal" aria-labelledby="proposal-title">
      <div class="proposal-head">
        <h1 id="proposal-title">{proposal.summary}</h1>
        <SampleChoice proposal={proposal} />
      </div>
      {proposal.remarks.length > 0 && (
        <ul class="remarks" data-testid="remarks">
          {proposal.remarks.map((remark) => (
            <li key={remark}>{remark}</li>
          ))}
        </ul>
      )}
      <FitPreview />
      <div class="proposal-actions">
        {running === null ? (
          <button
            type="button"
            class="primary large"
            data-testid="start"
            disabled={invalid || setup.starting.value}
            onClick={() => void setup.start()}
          >
            {also.length === 0 ? "Start" : `Start ${also.length + 1} sessions`}
          </button>
        ) : (
          <button
            type="button"
            class="primary large"
            onClick={() => {
              sessions.show(running);
              setup.close();
            }}
          >
            Watch the running session
          </button>
        )}
        {running === null && <AdjustButton />}
        <RefusalNote />
      </div>
      {running === null && setup.adjusting.value && <AdjustForm />}
    </section>
  );
}

/** The file that is shown, and others of the proposal to choose from. */
function SampleChoice({ proposal }: { readonly proposal: Proposal }) {
  const { setup } = useViewer();
  const matches = setup.matches.value;
  const shown = setup.sample.value ?? proposal.sample;
  const names = matches.kind === "counted" ? matches.names : [];
  if (names.length < 2)
    return (
      <p class="quiet">
        Fit of <span class="mono">{shown}</span>
      </p>
    );
  const offered = names.includes(shown) ? names : [shown, ...names];
  return (
    <label class="quiet sample-choice">
      Fit of{" "}
      <select
        class="mono"
        value={shown}
        data-testid="sample"
        onChange={({ currentTarget }) => setup.chooseSample(currentTarget.value)}
      >
        {offered.map((name) => (
          <option key={name} value={name} selected={name === shown}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

function AdjustButton() {
  const { setup } = useViewer();
  return (
    <button
      type="button"
      class="plain"
      aria-expanded={setup.adjusting.value}
      onClick={() => {
        setup.adjusting.value = !setup.adjusting.value;
      }}
    >
      {setup.adjusting.value ? "Hide settings" : "Adjust"}
    </button>
  );
}

/** The sample's voltammograms with the settings as they are. */
function FitPreview() {
  const { setup } = useViewer();
  const preview = setup.preview.value;
  const proposal = setup.proposal.value;
  const frequencies = proposal?.frequencies_hz.join();
  const looks = useMemo(() => looksOf(proposal), [frequencies]);
  const look = (id: Parameters<TraceLooks["look"]>[0]) => looks.look(id, shownTheme.value);
  return (
    <div class="fit-preview">
      <div class="plot-box">
        <VoltammogramPlot
          key={frequencies ?? ""}
          curves={() => curvesOf(setup.preview.value)}
          look={look}
          peakWindow={() => peakWindowOf(setup.draft.value?.ok ? setup.draft.value.params : undefined)}
          name="Fit of the sample file: current against potential"
          summary={fitSummary(preview)}
        />
      </div>
      <ul class="fit-results" aria-live="polite">
        {curvesOf(preview).map((curve) => (
          <li key={`${curve.electrode} ${curve.frequencyHz} ${curve.scan}`}>
            <Swatch look={look(curve)} /> <span>Electrode {curve.electrode}</span>{" "}
            <span class="quiet">{curveWords(curve)}</span>
          </li>
        ))}
        {preview.kind === "problem" && <li class="problem">{preview.message}</li>}
        {preview.kind === "shown" && preview.warnings.map((warning) => <li key={warning}>{warning}</li>)}
      </ul>
    </div>
  );
}

/** The looks that the session will have. */
function looksOf(proposal: Proposal | null): TraceLooks {
  const looks = new TraceLooks();
  for (const frequencyHz of proposal?.frequencies_hz ?? []) {
    looks.admit((proposal?.electrodes ?? []).map((electrode) => ({ electrode, frequencyHz })));
  }
  return looks;
}

function curvesOf(preview: Preview) {
  return preview.kind === "shown" ? preview.curves : [];
}

function fitSummary(preview: Preview): string {
  return curvesOf(preview)
    .map((curve) => `Electrode ${curve.electrode}: ${curveWords(curve)}.`)
    .join(" ");
}
