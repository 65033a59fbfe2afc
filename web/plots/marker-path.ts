import type { Marker } from "./trace-look.ts";

/** Corners of the markers that have some, around their middle, for a marker of half width 1. */
const CORNERS: Record<Exclude<Marker, "circle">, readonly (readonly [x: number, y: number])[]> = {
  square: [
    [-0.9, -0.9],
    [0.9, -0.9],
    [0.9, 0.9],
    [-0.9, 0.9],
  ],
  triangle: [
    [0, -1.15],
    [1.05, 0.8],
    [-1.05, 0.8],
  ],
  diamond: [
    [0, -1.25],
    [1.25, 0],
    [0, 1.25],
    [-1.25, 0],
  ],
};

/** Adds a marker around a point to a path. `size`: half its width, in the path's unit. */
export function addMarker(path: Path2D, marker: Marker, x: number, y: number, size: number): void {
  if (marker === "circle") {
    path.moveTo(x + size, y);
    path.arc(x, y, size, 0, 2 * Math.PI);
    return;
  }
  CORNERS[marker].forEach(([dx, dy], index) => {
    if (index === 0) path.moveTo(x + dx * size, y + dy * size);
    else path.lineTo(x + dx * size, y + dy * size);
  });
  path.closePath();
}
