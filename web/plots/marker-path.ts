import type { Marker } from "./trace-look.ts";

/** Adds a marker around a point to a path. `size`: half its width, in the path's unit. */
export function addMarker(path: Path2D, marker: Marker, x: number, y: number, size: number): void {
  switch (marker) {
    case "circle":
      path.moveTo(x + size, y);
      path.arc(x, y, size, 0, 2 * Math.PI);
      return;
    case "square":
      path.rect(x - 0.9 * size, y - 0.9 * size, 1.8 * size, 1.8 * size);
      return;
    case "triangle":
      return addPolygon(path, x, y, size, [0, -1.15, 1.05, 0.8, -1.05, 0.8]);
    case "diamond":
      return addPolygon(path, x, y, size, [0, -1.25, 1.25, 0, 0, 1.25, -1.25, 0]);
  }
}

function addPolygon(path: Path2D, x: number, y: number, size: number, corners: readonly number[]): void {
  for (let i = 0; i < corners.length; i += 2) {
    const [dx = 0, dy = 0] = corners.slice(i, i + 2);
    if (i === 0) path.moveTo(x + dx * size, y + dy * size);
    else path.lineTo(x + dx * size, y + dy * size);
  }
  path.closePath();
}
