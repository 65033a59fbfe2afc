import type { Marker, TraceLook } from "./trace-look.ts";

/** The markers of marker-path.ts around (13, 6), as SVG writes them. */
const SHAPES: Record<Marker, string> = {
  circle: "M9.6 6a3.4 3.4 0 1 0 6.8 0a3.4 3.4 0 1 0-6.8 0z",
  square: "M10 3h6v6h-6z",
  triangle: "M13 2.2L16.6 8.7H9.4z",
  diamond: "M13 1.8L17.2 6L13 10.2L8.8 6z",
};

/** A piece of a trace as it looks in the plots: line with its dash, and its marker. */
export function Swatch({ look }: { readonly look: TraceLook }) {
  return (
    <svg class="swatch" width="26" height="12" viewBox="0 0 26 12" aria-hidden="true">
      <line
        x1="1"
        y1="6"
        x2="25"
        y2="6"
        stroke={look.color}
        stroke-width="2"
        stroke-dasharray={look.dash.join(" ") || undefined}
      />
      <path d={SHAPES[look.marker]} fill={look.color} />
    </svg>
  );
}
