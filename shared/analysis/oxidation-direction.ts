import type { Direction } from "../electrochem/hull-outcome.ts";
import type { SweepParams } from "../protocol/analysis-params.ts";

/** The direction that may be left to the program. */
export function openDirection(params: SweepParams): Direction | "auto" {
  return params.method === "desktop" ? params.forward_direction : params.anodic;
}

/** Which way oxidation (`desktop`: the forward peak) points in one electrode. */
export function directionOf(params: SweepParams, electrode: number): Direction | "auto" {
  const direction = openDirection(params);
  if (direction === "auto" || !params.inverted_electrodes.includes(electrode)) return direction;
  return direction === "up" ? "down" : "up";
}
