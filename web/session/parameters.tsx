import type { SessionSummary } from "../../shared/protocol/session.ts";
import { clockWords } from "../../shared/trends/clock-words.ts";
import { paramWords } from "../params/param-words.ts";
import { useViewer } from "../stores/viewer.ts";
import { TuningForm } from "../tuning/tuning-form.tsx";

/** How the numbers of this session are made, in words; open to change for whoever may. */
export function Parameters({ session }: { readonly session: SessionSummary }) {
  const { tuning, mayControl } = useViewer();
  const editing = tuning.draft.value !== null;
  return (
    <section class="side-section" aria-labelledby="parameters-title" data-testid="parameters">
      <div class="side-head">
        <h2 id="parameters-title">How the numbers are made</h2>
        {mayControl.value && !editing && session.reanalysis === null && (
          <button type="button" class="plain" data-testid="tune" onClick={() => tuning.open()}>
            Change
          </button>
        )}
      </div>
      {editing ? <TuningForm session={session} /> : <ParameterList session={session} />}
    </section>
  );
}

function ParameterList({ session: { technique, params, filters } }: { readonly session: SessionSummary }) {
  const { view } = useViewer();
  const trend = view.trend.value?.trend;
  return (
    <dl class="facts">
      <Fact name="Files" words={filters.pattern} mono />
      {trend !== undefined && trend.offsets.length > 0 && (
        <Fact name="Times" words={clockWords(trend.clock)} />
      )}
      {paramWords(technique, params).map(({ name, words, hint }) => (
        <Fact key={name} name={name} words={words} hint={hint} />
      ))}
    </dl>
  );
}

interface FactProps {
  readonly name: string;
  readonly words: string;
  readonly mono?: boolean;
  readonly hint?: string;
}

function Fact({ name, words, mono = false, hint = "" }: FactProps) {
  return (
    <div {...(hint === "" ? {} : { title: hint })}>
      <dt>{name}</dt>
      <dd class={mono ? "mono" : ""}>{words}</dd>
    </div>
  );
}
