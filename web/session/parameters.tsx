import type { AnalysisParams } from "../../shared/protocol/analysis-params.ts";
import type { HullPulseParams } from "../../shared/protocol/pulse-params.ts";
import type { SessionSummary } from "../../shared/protocol/session.ts";
import { fixed, withUnit } from "../words/si.ts";

/** How the numbers of this session are made, in words. */
export function Parameters({ session }: { readonly session: SessionSummary }) {
  return (
    <section class="side-section" aria-labelledby="parameters-title">
      <h2 id="parameters-title">How the numbers are made</h2>
      <dl class="facts">
        {parameterWords(session).map(([name, words]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd class={name === "Files" ? "mono" : ""}>{words}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function parameterWords({ params, filters }: SessionSummary): readonly (readonly [string, string])[] {
  return [["Files", filters.pattern], ...("skip_start" in params ? hullWords(params) : plainWords(params))];
}

/** Every setting under its own name, as it stands in messages and exports. */
function plainWords(params: AnalysisParams): readonly (readonly [string, string])[] {
  return Object.entries(params).map(([name, value]) => [
    name.replaceAll("_", " "),
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
}

function hullWords(params: HullPulseParams): readonly (readonly [string, string])[] {
  return [
    ["Method", "height above a straight baseline under the peak (convex hull)"],
    ["Peak", peakPlace(params)],
    ["Points", { up: "upwards", down: "downwards", auto: "chosen with the first scan" }[params.direction]],
    ["Smoothing", smoothing(params)],
    ["Counts from", `signal to noise ${fixed(params.min_snr, Number.isInteger(params.min_snr) ? 0 : 1)}`],
    ...windows(params),
    ...(params.skip_start > 0 ? ([["Skipped", firstSamples(params.skip_start)]] as const) : []),
  ];
}

function peakPlace({ peak_window }: HullPulseParams): string {
  return peak_window === null ? "anywhere" : range(peak_window);
}

function smoothing({ sg_points, sg_degree }: HullPulseParams): string {
  const points = sg_points === "auto" ? "points chosen with the first scan" : `${sg_points} points`;
  return `Savitzky–Golay, ${points}, degree ${sg_degree}`;
}

function windows({
  low_window,
  high_window,
  cutoff_hz,
}: HullPulseParams): readonly (readonly [string, string])[] {
  const low = low_window === null ? [] : [[`Range to ${cutoff_hz} Hz`, range(low_window)] as const];
  const high = high_window === null ? [] : [[`Range above ${cutoff_hz} Hz`, range(high_window)] as const];
  return [...low, ...high];
}

function range([low, high]: readonly [number, number]): string {
  return `${fixed(low, 3)} to ${withUnit(high, 3, "V")}`;
}

function firstSamples(count: number): string {
  return count === 1 ? "the first sample of each sweep" : `the first ${count} samples of each sweep`;
}
