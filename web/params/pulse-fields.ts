import { hampelCodec, numberCodec, numberOrWord, windowCodec } from "./param-codecs.ts";
import type { ParamField } from "./param-field.ts";

/** What can be set for pulse techniques, by method; see shared/protocol/pulse-params.ts. */

export const DIRECTIONS = [
  { value: "auto", text: "automatic" },
  { value: "up", text: "upwards" },
  { value: "down", text: "downwards" },
] as const;

const FITS = [
  { value: "stable", text: "stable" },
  { value: "legacy", text: "legacy" },
] as const;

const TWO_POTENTIALS = "Two different potentials from −20 to 20 V, or both empty.";

export const peakWindow: ParamField = {
  key: "peak_window",
  label: "Peak between",
  hint: "Where the peak may be; both empty: anywhere. Also by dragging the edges in the plot.",
  wanted: TWO_POTENTIALS,
  empty: "anywhere",
  control: { kind: "texts", codec: windowCodec, unit: "V" },
};

export function potentialWindow(key: string, label: string, hint: string, empty: string): ParamField {
  return {
    key,
    label,
    hint,
    wanted: TWO_POTENTIALS,
    empty,
    control: { kind: "texts", codec: windowCodec, unit: "V" },
  };
}

export const smoothingDegree: ParamField = {
  key: "sg_degree",
  label: "Smoothing degree",
  hint: "of the Savitzky–Golay polynomial",
  wanted: "A whole number from 0 to 6.",
  empty: "",
  control: { kind: "texts", codec: numberCodec, unit: "" },
};

export const leastSnr: ParamField = {
  key: "min_snr",
  label: "Least signal to noise",
  hint: "A weaker one counts as no peak.",
  wanted: "A number from 0 to 1000.",
  empty: "",
  control: { kind: "texts", codec: numberCodec, unit: "" },
};

export function smoothingWidth(codec: typeof numberCodec, hint: string, empty: string): ParamField {
  return {
    key: "sg_window_mv",
    label: "Smoothing width",
    hint,
    wanted: `A width up to 1000 mV${empty === "" ? "." : ", or empty."}`,
    empty,
    control: { kind: "texts", codec, unit: "mV" },
  };
}

const bands: readonly ParamField[] = [
  {
    key: "cutoff_hz",
    label: "Low frequencies up to",
    hint: "Scans up to this frequency are analysed in the range of the low ones, others in that of the high ones.",
    wanted: "A frequency from 0 to 1,000,000 Hz.",
    empty: "",
    control: { kind: "texts", codec: numberCodec, unit: "Hz" },
  },
  potentialWindow(
    "low_window",
    "Range, low frequencies",
    "Part of the sweep that is analysed; both empty: all.",
    "the whole sweep",
  ),
  potentialWindow(
    "high_window",
    "Range, high frequencies",
    "Part of the sweep that is analysed; both empty: all.",
    "the whole sweep",
  ),
];

const hull: readonly ParamField[] = [
  peakWindow,
  {
    key: "direction",
    label: "Peak points",
    hint: "Automatic: as the session's first scan.",
    wanted: "",
    empty: "",
    control: { kind: "choice", options: DIRECTIONS },
  },
  {
    key: "sg_points",
    label: "Smoothing",
    hint: "Odd number of samples; empty: from the first scan's peak width, once.",
    wanted: "An odd number from 3 to 999, or empty for automatic.",
    empty: "points chosen with the first scan",
    control: { kind: "texts", codec: numberOrWord(["auto"], "auto"), unit: "points" },
  },
  smoothingDegree,
  leastSnr,
  {
    key: "skip_start",
    label: "Skip at the start",
    hint: "Samples of each sweep that a start transient spoils.",
    wanted: "A whole number from 0 to 50.",
    empty: "",
    control: { kind: "texts", codec: numberCodec, unit: "samples" },
  },
  ...bands,
  {
    key: "hampel",
    label: "Spikes in a scan",
    hint: "Samples that lie so many σ from their neighbours are replaced: points looked at, and σ; both empty: left in.",
    wanted: "An odd number of points from 3 to 999 and a threshold up to 100, or both empty.",
    empty: "left in",
    control: { kind: "texts", codec: hampelCodec([], null), unit: "" },
  },
];

const classic: readonly ParamField[] = [
  smoothingWidth(numberCodec, "Savitzky–Golay window", ""),
  smoothingDegree,
  {
    key: "poly_degree",
    label: "Polynomial degree",
    hint: "of the curve that is fitted to the scan",
    wanted: "A whole number from 1 to 30.",
    empty: "",
    control: { kind: "texts", codec: numberCodec, unit: "" },
  },
  {
    key: "fit",
    label: "Fit of the polynomial",
    hint: "Legacy: the desktop program's own arithmetic, up to some per cent from the best polynomial. To go on with an old series.",
    wanted: "",
    empty: "",
    control: { kind: "choice", options: FITS },
  },
  {
    key: "legacy_zero_trim",
    label: "Trim at 0 V",
    hint: "Leaves samples at 0 V out, as the desktop program does.",
    wanted: "",
    empty: "off",
    control: { kind: "switch", on: "on" },
  },
  ...bands,
];

const sacmesWeb: readonly ParamField[] = [
  peakWindow,
  {
    key: "sg_points",
    label: "Smoothing",
    hint: "Odd number of samples, or off; empty: from each scan anew, as that program does.",
    wanted: "An odd number from 3 to 999, off, or empty for automatic.",
    empty: "chosen from each scan",
    control: { kind: "texts", codec: numberOrWord(["auto", "off"], "auto"), unit: "points" },
  },
  smoothingDegree,
  {
    key: "hampel",
    label: "Spikes in a scan",
    hint: "Samples far from their neighbours are replaced: points looked at and σ, or auto; both empty: left in.",
    wanted: "An odd number of points from 3 to 999 and a threshold up to 100, auto, or both empty.",
    empty: "left in",
    control: { kind: "texts", codec: hampelCodec(["auto", "off"], "off"), unit: "" },
  },
  ...bands,
];

export const PULSE_METHODS = {
  hull: { text: "height above a straight baseline under the peak (convex hull)", fields: hull },
  classic: {
    text: "the SACMES desktop program's number: highest minus lowest of a fitted polynomial",
    fields: classic,
  },
  "sacmes-web": {
    text: "the SACMES web program's number: highest current above its baseline",
    fields: sacmesWeb,
  },
} as const;
