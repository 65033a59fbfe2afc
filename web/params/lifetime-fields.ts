import { windowCodec } from "./param-codecs.ts";
import type { ParamField } from "./param-field.ts";

/** What can be set for chronoamperometry; see shared/protocol/ca-params.ts. */

const fields: readonly ParamField[] = [
  {
    key: "model",
    label: "Decay",
    hint: "One exponential or two.",
    wanted: "",
    empty: "",
    control: {
      kind: "choice",
      options: [
        { value: "mono", text: "one exponential" },
        { value: "bi", text: "two exponentials" },
      ],
    },
  },
  {
    key: "fit_window_s",
    label: "Fit between",
    hint: "After the start of the pulse; both empty: all of it.",
    wanted: "Two different times from 0 s, or both empty.",
    empty: "all after time zero",
    control: { kind: "texts", codec: windowCodec, unit: "s" },
  },
  {
    key: "background",
    label: "Current that stays",
    hint: "With two exponentials: fitted with the rest, or held as the SACMES program does.",
    wanted: "",
    empty: "",
    control: {
      kind: "choice",
      options: [
        { value: "fitted", text: "fitted" },
        { value: "sacmes", text: "as SACMES" },
      ],
    },
  },
];

export const LIFETIME_METHODS = {
  lifetime: { text: "exponential decay fitted to the current", fields },
} as const;
