/** Chronoamperometry as each instrument's software writes it: one generated decay, with times and currents as printed. */

export interface Decay {
  readonly times_s: readonly number[];
  /** By electrode. */
  readonly currents_a: readonly (readonly number[])[];
}

/** 3 µA, gone with 0.2 s, over 50 nA, with a ripple for noise; electrode 2 has the double. Four digits, as printed. */
export function someDecay(electrodes = 1, count = 120, step_s = 0.01): Decay {
  const times_s = Array.from({ length: count }, (_, row) => printed((row + 1) * step_s));
  const current = (time: number, row: number) =>
    3e-6 * Math.exp(-time / 0.2) + 5e-8 + 4e-9 * Math.sin(1.7 * row) + 3e-9 * Math.sin(0.61 * row);
  return {
    times_s,
    currents_a: Array.from({ length: electrodes }, (_, index) =>
      times_s.map((time, row) => printed((index + 1) * current(time, row))),
    ),
  };
}

/** CH Instruments' `Amperometric i-t Curve`. */
export function chiDecay({ times_s, currents_a }: Decay): string {
  const electrodes = currents_a.map((_, index) => `i${index + 1}/A`);
  const rows = times_s.map((time, row) =>
    [time.toExponential(3), ...currents_a.map((currents) => currents[row]?.toExponential(3))].join(", "),
  );
  return written([
    "Nov. 3, 2023   09:05:01",
    "Amperometric i-t Curve",
    "File: c:\\data\\it_1.bin",
    "Data Source:  Experiment",
    "Instrument Model:  CHI660E",
    "Header: ",
    "Note: ",
    "",
    "Init E (V) = -0.3",
    `Sample Interval (s) = ${times_s[0]}`,
    `Run Time (sec) = ${times_s.at(-1)}`,
    "Quiet Time (sec) = 0",
    "Scales/Run = 1",
    "Sensitivity (A/V) = 1e-006",
    "",
    ["Time/sec", ...(electrodes.length === 1 ? ["Current/A"] : electrodes)].join(", "),
    "",
    ...rows,
  ]);
}

/** Metrohm NOVA with the time in a column of its own, and the potential that is held. */
export function novaDecay({ times_s, currents_a }: Decay): string {
  const comma = (value: number | undefined) => String(value).replace(".", ",").replace("e", "E");
  const names = currents_a.map((_, index) => `WE(${index + 1}).Current (A)`);
  const rows = times_s.map((time, row) =>
    [comma(time), "-0,3", ...currents_a.map((currents) => comma(currents[row])), `${row + 1}`, "10 µA"].join(
      ";",
    ),
  );
  return written([
    ["Time (s)", "WE(1).Potential (V)", ...names, "Index", "Current range"].join(";"),
    ...rows,
  ]);
}

/** A PSTrace export: µA against s, the electrodes side by side as channels. */
export function pstraceDecay({ times_s, currents_a }: Decay): string {
  const cells = (of: (index: number) => string) => currents_a.map((_, index) => of(index)).join(",");
  return written([
    "Date and time:,2023-11-03 09:20:00",
    "Notes:",
    cells((index) => `Chronoamperometry: CA i vs t Channel ${index + 1},`),
    cells(() => "Date and time measurement:,2023-11-03 09:05:01"),
    cells(() => "s,µA"),
    ...times_s.map((time, row) => cells((index) => `${time},${(currents_a[index]?.[row] ?? 0) * 1e6}`)),
  ]);
}

/** Gamry's `CHRONOA`. */
export function gamryDecay({ times_s, currents_a }: Decay): string {
  const rows = times_s.map(
    (time, row) => `\t${row}\t${time}\t-0.3\t${currents_a[0]?.[row]?.toExponential(5)}\t...........`,
  );
  return written([
    "EXPLAIN",
    "TAG\tCHRONOA",
    "DATE\tLABEL\t11/23/2023\tDate",
    "TIME\tLABEL\t9:05:01\tTime",
    `CURVE\tTABLE\t${times_s.length}`,
    "\tPt\tT\tVf\tIm\tOver",
    "\t#\ts\tV\tA\tbits",
    ...rows,
    "EXPERIMENTABORTED\tTOGGLE\tF\tExperiment Aborted",
  ]);
}

/** EC-Lab text, in mA. */
export function eclabDecay({ times_s, currents_a }: Decay): string {
  const rows = times_s.map((time, row) => `2\t${time}\t-0.3\t${(currents_a[0]?.[row] ?? 0) * 1e3}`);
  return written([
    "EC-Lab ASCII FILE",
    "Nb header lines : 6",
    "",
    "Chronoamperometry / Chronocoulometry",
    "",
    "mode\ttime/s\tEwe/V\tI/mA",
    ...rows,
  ]);
}

/** A table that no format recognises: ms, then nA. */
export function plainDecay({ times_s, currents_a }: Decay): string {
  return written([
    "t [ms] I [nA]",
    ...times_s.map((time, row) =>
      [time * 1e3, ...currents_a.map((currents) => (currents[row] ?? 0) * 1e9)].join(" "),
    ),
  ]);
}

function written(lines: readonly string[]): string {
  return lines.map((line) => `${line}\r\n`).join("");
}

/** To four digits, as instruments print. */
function printed(value: number): number {
  return Number(value.toExponential(3));
}
