import type { TraceId } from "../log/trace.ts";

/**
 * One look per trace, the same in every plot and legend: the colour tells the frequency (of a CV the segment), dash
 * and marker the electrode, so that no difference is a matter of colour alone.
 */

/**
 * Okabe and Ito's colours (Color Universal Design, 2008), those with most contrast first. Orange, sky blue, purple
 * and yellow are darkened on light ground, blue and vermillion lightened on dark, until each stands 3:1 against it
 * (WCAG 1.4.11).
 */
export const TRACE_COLORS = {
  light: ["#0072b2", "#d55e00", "#00896a", "#b8528f", "#b07a00", "#3a94cc", "#4c5058", "#8f8500"],
  dark: ["#4fa3e0", "#e8752a", "#1fb98f", "#d68bb5", "#e69f00", "#8fd0f5", "#c9ccd1", "#f0e442"],
} as const;

export type Ground = keyof typeof TRACE_COLORS;

export const DASHES = [[], [7, 4], [2, 3], [9, 3, 2, 3]] as const satisfies readonly (readonly number[])[];

export const MARKERS = ["circle", "square", "triangle", "diamond"] as const;
export type Marker = (typeof MARKERS)[number];

/** Stands for "the file does not say". */
const UNKNOWN_HZ = 0;

export interface TraceLook {
  readonly color: string;
  readonly dash: readonly number[];
  readonly marker: Marker;
}

/**
 * Which place a trace has among the frequencies and electrodes of a session, both ascending: the same set gives
 * the same looks in every browser, after a reload and in the order of the matrix.
 */
export class TraceLooks {
  private readonly frequencies: number[] = [];
  private readonly electrodes: number[] = [];

  admit(ids: Iterable<TraceId>): void {
    for (const id of ids) {
      place(this.frequencies, colorOf(id));
      place(this.electrodes, id.electrode);
    }
  }

  look(id: TraceId, ground: Ground): TraceLook {
    this.admit([id]);
    const colors = TRACE_COLORS[ground];
    const electrode = this.electrodes.indexOf(id.electrode);
    const frequency = this.frequencies.indexOf(colorOf(id));
    return {
      color: colors[frequency % colors.length] ?? colors[0],
      dash: DASHES[electrode % DASHES.length] ?? [],
      marker: MARKERS[electrode % MARKERS.length] ?? "circle",
    };
  }
}

/** What the colour tells apart: frequency, or segment. */
function colorOf({ frequencyHz, sweep }: TraceId): number {
  return sweep?.segment ?? frequencyHz ?? UNKNOWN_HZ;
}

/** Puts a value into an ascending list, once. */
function place(list: number[], value: number): void {
  if (list.includes(value)) return;
  list.push(value);
  list.sort((a, b) => a - b);
}
