import { useMemo } from "preact/hooks";
import {
  BINDING_FORMULAS,
  type BindingFit,
  type FittedParameter,
} from "../../shared/electrochem/calibration.ts";
import type { Plateau } from "../../shared/electrochem/injection-steps.ts";
import { strangeUnits } from "../../shared/trends/marks.ts";
import { QUANTITY_UNITS } from "../../shared/trends/trace-series.ts";
import { mark } from "../notes/note-actions.ts";
import { CalibrationPlan } from "../plots/calibration-plan.ts";
import { useFigure } from "../plots/use-figure.ts";
import { useViewer, type Viewer } from "../stores/viewer.ts";
import { missingWords, number, QUANTITY_WORDS, SIGNAL_WORDS } from "../trends/trend-words.ts";
import { fixed, siScale, siText } from "../words/si.ts";
import { LowerChoice } from "./lower-choice.tsx";
import { Choice, NumberField, UnitField } from "./trend-fields.tsx";

/** From marked injections to a binding curve: levels, fit, interval. */
export function CalibrationPanel() {
  const viewer = useViewer();
  const { trends, notes } = viewer;
  const plan = useMemo(
    () =>
      new CalibrationPlan(
        () => trends.calibrated.value?.result ?? null,
        () => notes.params.value.unit,
        () => {
          const { signal, quantity } = notes.params.value;
          return signal === "value"
            ? { name: QUANTITY_WORDS[quantity], unit: QUANTITY_UNITS[quantity] }
            : { name: SIGNAL_WORDS[signal], unit: null };
        },
      ),
    [],
  );
  const host = useFigure(
    () => plan,
    () => {
      trends.calibrated.value;
    },
  );
  return (
    <section class="scan-panel calibration-panel" id="panel-scan" aria-label="Calibration">
      <div class="scan-curves">
        <header class="panel-head">
          <LowerChoice />
        </header>
        <div class="plot-frame">
          <div
            ref={host}
            class="plot"
            role="img"
            aria-label="Level against concentration"
            data-testid="calibration-plot"
          />
        </div>
      </div>
      <div class="scan-numbers calibration-numbers">
        <FitWords />
        <StrangeUnits />
        <div class="numbers-scroll">
          <Steps />
          <CalibrationSettings />
        </div>
      </div>
    </section>
  );
}

function FitWords() {
  const viewer = useViewer();
  const { trends, notes, mayControl } = viewer;
  const result = trends.calibrated.value?.result;
  const { unit } = notes.params.value;
  if (result?.calibration.kind === "fit") return <Fit fit={result.calibration} unit={unit} viewer={viewer} />;
  const hasMarks = notes.notes.value.some(({ kind }) => kind === "injection");
  return (
    <div class="fit" data-testid="no-fit">
      <p>{noFitWords(viewer)}</p>
      {!hasMarks && mayControl.value && (
        <button type="button" aria-keyshortcuts="m" onClick={() => mark(viewer)}>
          Mark an injection <kbd>M</kbd>
        </button>
      )}
    </div>
  );
}

/** Marks that no conversion brings to the unit of the calibration: they must not be left out in silence. */
function StrangeUnits() {
  const { notes } = useViewer();
  const { unit } = notes.params.value;
  const units = strangeUnits(notes.notes.value, unit);
  if (units.length === 0) return null;
  return (
    <p class="problem" data-testid="strange-units">
      Injections in {units.join(", ")} cannot be converted to {unit} and are left out of the fit. Change their
      unit, or that of the calibration.
    </p>
  );
}

function Fit({
  fit,
  unit,
  viewer,
}: {
  readonly fit: BindingFit;
  readonly unit: string;
  readonly viewer: Viewer;
}) {
  const level = levelText(viewer);
  return (
    <div class="fit" data-testid="fit" data-k={fit.k.value} data-k-low={fit.k.low} data-k-high={fit.k.high}>
      <p class="fit-main">
        K{fit.model === "langmuir" && <sub>D</sub>} <b>{digits(fit.k.value)}</b> {unit}
        <span class="quiet"> {interval(fit.k, digits)}, 95 %</span>
      </p>
      <p class="quiet">
        S₀ {level(fit.offset.value)} · ΔS {level(fit.amplitude.value)} {interval(fit.amplitude, level)}
        {fit.hill !== null && ` · h ${number(fit.hill.value)} ${interval(fit.hill, number)}`} ·{" "}
        {BINDING_FORMULAS[fit.model]} · residual SD {level(fit.residualSd)}
      </p>
    </div>
  );
}

/** Four digits, the last of them even where it is 0: value and interval are compared. */
function digits(value: number): string {
  return value >= 1e-3 && value < 1e4 ? value.toPrecision(4) : number(value);
}

function interval({ low, high }: FittedParameter, text: (value: number) => string): string {
  return `(${text(low)} to ${text(high)})`;
}

/** What is missing for a curve, and what to do. */
function noFitWords({ trends, notes }: Viewer): string {
  const derived = trends.derived.value;
  const result = trends.calibrated.value?.result;
  if (derived === null || result === undefined) return "Nothing was measured yet.";
  const missing = missingWords(derived.params.signal, derived);
  if (missing !== null) return missing;
  const injections = notes.notes.value.filter(({ kind }) => kind === "injection");
  if (injections.length === 0)
    return "Mark each injection with its concentration. The curve is fitted as the levels come in.";
  const unnamed = injections.filter(({ concentration }) => concentration === null).length;
  const { calibration } = result;
  if (calibration.kind === "no-fit" && calibration.reason === "not-determined")
    return "The levels do not determine a curve yet: no response beyond their scatter, or no bend in it.";
  const needed = derived.params.model === "hill" ? 5 : 4;
  const have = new Set(result.points.map(({ concentration }) => concentration)).size;
  const tail = unnamed === 0 ? "" : ` ${unnamed} of ${injections.length} injections have no concentration.`;
  return `The fit needs levels at ${needed} different concentrations, the blank among them; there are ${have}.${tail}`;
}

function CalibrationSettings() {
  const { mayControl, trends, notes } = useViewer();
  const settles = notes.params.value.axis === "hours" ? "Settles within, h" : "Settles within, files";
  const paired = trends.derived.value?.pair.kind === "pair";
  return (
    <fieldset class="trend-settings" disabled={!mayControl.value}>
      <legend class="visually-hidden">Calibration settings, shared by all viewers</legend>
      <Choice
        label="Signal"
        name="signal"
        options={Object.entries(SIGNAL_WORDS).filter(
          ([one]) => paired || one === "value" || one === "normalised",
        )}
      />
      <Choice
        label="Model"
        name="model"
        options={[
          ["langmuir", "Langmuir"],
          ["hill", "Hill"],
        ]}
      />
      <NumberField name="settle" label={settles} empty={0} />
      <NumberField
        name="initial_concentration"
        label="Before the first mark"
        placeholder="not known"
        empty={null}
      />
      <UnitField />
    </fieldset>
  );
}

function Steps() {
  const viewer = useViewer();
  const { trends, notes } = viewer;
  const steps = trends.calibrated.value?.result.steps ?? [];
  const { unit, axis } = notes.params.value;
  const level = levelText(viewer);
  if (steps.length < 2) return null;
  return (
    <table class="numbers" data-testid="steps">
      <thead>
        <tr>
          <th scope="col">
            From<span class="numbers-unit">{axis === "hours" ? "h" : "file"}</span>
          </th>
          <th scope="col">
            Concentration<span class="numbers-unit">{unit}</span>
          </th>
          <th scope="col">
            Level
            <span class="numbers-unit" />
          </th>
          <th scope="col">
            Change
            <span class="numbers-unit" />
          </th>
          <th scope="col">
            n<span class="numbers-unit" />
          </th>
        </tr>
      </thead>
      <tbody>
        {steps.map((step, index) => (
          <StepRow key={index} step={step} level={level} axis={axis} />
        ))}
      </tbody>
    </table>
  );
}

interface StepRowProps {
  readonly step: Plateau;
  readonly level: (value: number) => string;
  readonly axis: "hours" | "file-number";
}

function StepRow({
  step: { since, concentration, level: value, change, points },
  level,
  axis,
}: StepRowProps) {
  return (
    <tr>
      <th scope="row">{since === null ? "start" : axis === "hours" ? fixed(since, 3) : number(since)}</th>
      <td>{concentration === null ? "–" : number(concentration)}</td>
      <td>{value === null ? "–" : level(value)}</td>
      <td>{change === null ? "–" : level(change)}</td>
      <td>{points}</td>
    </tr>
  );
}

/** How a level of the calibrated signal is written. */
function levelText({ notes, trends }: Viewer): (value: number) => string {
  const { signal, quantity } = notes.params.value;
  if (signal !== "value") return (value) => fixed(value, 4);
  const levels = trends.calibrated.value?.result.points.map((point) => Math.abs(point.signal)) ?? [];
  const scale = siScale(Math.max(0, ...levels));
  return (value) => siText(value, QUANTITY_UNITS[quantity], scale);
}
