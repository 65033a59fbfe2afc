import { numberCodec, numberOrWord, numbersCodec, optionalNumberCodec } from "./param-codecs.ts";
import type { ParamField } from "./param-field.ts";
import {
  DIRECTIONS,
  leastSnr,
  peakWindow,
  potentialWindow,
  smoothingDegree,
  smoothingWidth,
} from "./pulse-fields.ts";

/** What can be set for CV and linear sweeps, by method; see shared/protocol/sweep-params.ts. */

const range = potentialWindow(
  "window",
  "Range",
  "Part of each sweep that is analysed; both empty: all.",
  "the whole sweep",
);

const common: readonly ParamField[] = [
  range,
  {
    key: "probes_v",
    label: "Read current at",
    hint: "Up to four potentials with spaces between; empty: none.",
    wanted: "Up to four potentials from −20 to 20 V, with spaces between.",
    empty: "no potential",
    control: { kind: "texts", codec: numbersCodec([]), unit: "V" },
  },
  {
    key: "scan_rate_v_s",
    label: "Scan rate",
    hint: "For files that do not tell it; empty: what the file says.",
    wanted: "A scan rate above 0 V/s, or empty.",
    empty: "as the file says",
    control: { kind: "texts", codec: optionalNumberCodec, unit: "V/s" },
  },
  {
    key: "inverted_electrodes",
    label: "Inverted electrodes",
    hint: "Electrodes whose current has the other sign, with spaces between.",
    wanted: "Numbers of electrodes, with spaces between, or empty.",
    empty: "none",
    control: { kind: "texts", codec: numbersCodec([]), unit: "" },
  },
];

const baseline: readonly ParamField[] = [
  {
    key: "anodic",
    label: "Oxidation points",
    hint: "Automatic: as the session's first scan.",
    wanted: "",
    empty: "",
    control: { kind: "choice", options: DIRECTIONS },
  },
  peakWindow,
  {
    key: "sg_points",
    label: "Smoothing",
    hint: "Odd number of samples; empty: none.",
    wanted: "An odd number from 3 to 999, or empty for no smoothing.",
    empty: "none",
    control: { kind: "texts", codec: numberOrWord([], 1), unit: "points" },
  },
  {
    key: "sg_window_v",
    label: "Smoothing as width",
    hint: "Counts in the place of the points; empty: the points count.",
    wanted: "A width up to 1 V, or empty.",
    empty: "by points",
    control: { kind: "texts", codec: optionalNumberCodec, unit: "V" },
  },
  smoothingDegree,
  leastSnr,
  {
    key: "pairs",
    label: "Pairs of segments",
    hint: "First segments of the pairs, such as 1 3; empty: all.",
    wanted: "Segment numbers from 1, with spaces between, or empty for all.",
    empty: "all",
    control: { kind: "texts", codec: numbersCodec(null), unit: "" },
  },
  {
    key: "avoid_turning_points",
    label: "Near a turning point",
    hint: "Prefers another wave to one within 5 % of a turning point.",
    wanted: "",
    empty: "counts like any other",
    control: { kind: "switch", on: "yields to another wave" },
  },
];

const tangents: readonly ParamField[] = [
  potentialWindow(
    "tangent_rising",
    "Tangent, rising",
    "Flat part before the peak of a rising sweep; both empty: its first 15 %.",
    "the first 15 % of the sweep",
  ),
  potentialWindow(
    "tangent_falling",
    "Tangent, falling",
    "The same for a falling sweep.",
    "the first 15 % of the sweep",
  ),
];

const desktop: readonly ParamField[] = [
  {
    key: "mass_transport",
    label: "Species",
    hint: "Which baseline the desktop program lays.",
    wanted: "",
    empty: "",
    control: {
      kind: "choice",
      options: [
        { value: "surface", text: "on the surface" },
        { value: "solution", text: "in solution" },
      ],
    },
  },
  smoothingWidth(optionalNumberCodec, "Savitzky–Golay window; empty: none", "none"),
  smoothingDegree,
  ...["forward", "reverse"].map(
    (sweep): ParamField => ({
      key: `${sweep}_segment`,
      label: `${sweep === "forward" ? "Forward" : "Reverse"} segment`,
      hint: "counted from 1",
      wanted: "A whole number from 1.",
      empty: "",
      control: { kind: "texts", codec: numberCodec, unit: "" },
    }),
  ),
  {
    key: "forward_direction",
    label: "Forward peak points",
    hint: "Automatic: as the session's first scan.",
    wanted: "",
    empty: "",
    control: { kind: "choice", options: DIRECTIONS },
  },
];

export const SWEEP_METHODS = {
  hull: {
    text: "straight baseline under the peak (convex hull): species on the surface",
    fields: [...baseline, ...common],
  },
  tangent: {
    text: "tangent from the flat part before the peak: species in solution",
    fields: [...baseline, ...tangents, ...common],
  },
  desktop: { text: "the SACMES desktop program's numbers", fields: [...desktop, ...common] },
} as const;
