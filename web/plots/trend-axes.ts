import { QUANTITY_UNITS } from "../../shared/trends/trace-series.ts";
import type { Viewer } from "../stores/viewer.ts";
import { QUANTITY_WORDS } from "../trends/trend-words.ts";
import type { AxisPlan } from "./figure.ts";
import { plainAxis, SiAxis } from "./number-axis.ts";

/** The vertical axis of the trend: the quantity with its unit, or a share without one. */
export function trendYAxis({ notes, trends }: Viewer): AxisPlan {
  const si = new SiAxis("", "", () => trends.scale.value);
  const share = plainAxis("");
  const current = (): AxisPlan => (trends.signal.value === "value" ? si : share);
  return {
    get space() {
      return current().space;
    },
    label: () => {
      const quantity = QUANTITY_WORDS[notes.params.value.quantity];
      const lower = quantity.charAt(0).toLowerCase() + quantity.slice(1);
      switch (trends.signal.value) {
        case "value":
          return `${quantity} / ${trends.scale.value.symbol}${QUANTITY_UNITS[notes.params.value.quantity]}`;
        case "normalised":
          return `Normalised ${lower}`;
        case "ratio":
          return "H / L′";
        case "kdm":
          return "KDM";
      }
    },
    ticks: (...at) => current().ticks(...at),
    texts: (at) => current().texts(at),
  };
}
