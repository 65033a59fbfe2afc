import type { SimulatedScan } from "./simulated-scan.ts";

export interface ChiSwvOptions {
  readonly scan: SimulatedScan;
  /** Instrument's clock. */
  readonly startedAt: Date;
  /** Path that the instrument writes into the header. */
  readonly fileName: string;
}

/** As CH Instruments shortens them. */
const MONTHS = [
  "Jan.",
  "Feb.",
  "Mar.",
  "Apr.",
  "May",
  "June",
  "July",
  "Aug.",
  "Sept.",
  "Oct.",
  "Nov.",
  "Dec.",
];

/** The text file that a CH Instruments potentiostat writes of a square wave scan: header, table, CRLF, no footer. */
export function renderChiSwv(options: ChiSwvOptions): string {
  return renderChiLines(options)
    .map((line) => `${line}\r\n`)
    .join("");
}

/** The same line by line, as the instrument writes it. */
export function renderChiLines({ scan, startedAt, fileName }: ChiSwvOptions): string[] {
  const columns = scan.electrodes.map(
    ({ electrode }) => `i${electrode}d/A, i${electrode}f/A, i${electrode}r/A`,
  );
  return [
    ...headerLines(scan, startedAt, fileName),
    ["Potential/V", ...columns].join(", "),
    "",
    ...rows(scan),
  ];
}

function headerLines(scan: SimulatedScan, startedAt: Date, fileName: string): string[] {
  return [
    clock(startedAt),
    "Square Wave Voltammetry",
    `File: ${fileName}`,
    "Data Source:  Experiment",
    "Instrument Model:  CHI1040C",
    "Header: ",
    "Note: ",
    "",
    `Init E (V) = ${scan.init_v}`,
    `Final E (V) = ${scan.final_v}`,
    `Incr E (V) = ${scan.step_v}`,
    `Amplitude (V) = ${scan.amplitude_v}`,
    `Frequency (Hz) = ${scan.frequency_hz}`,
    "Quiet Time (sec) = 2",
    "Sensitivity (A/V) = 1e-6",
    "",
    ...scan.electrodes
      .slice(1)
      .flatMap(({ electrode }) => [`E${electrode} Scan On`, `Sens ${electrode} = 1e-006`]),
    "",
  ];
}

/** `Sept. 28, 2023   14:42:59` */
function clock(at: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const time = [at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(":");
  return `${MONTHS[at.getMonth()]} ${at.getDate()}, ${at.getFullYear()}   ${time}`;
}

function rows({ potentials_v, electrodes }: SimulatedScan): string[] {
  return Array.from(potentials_v, (potential_v, row) => {
    const currents = electrodes.flatMap(({ difference_a, forward_a, reverse_a }) =>
      [difference_a, forward_a, reverse_a].map((column) => current(column[row] ?? Number.NaN)),
    );
    return [potential_v.toFixed(3), ...currents].join(", ");
  });
}

/** Four digits, and an exponent without zeros: `8.084e-6`. */
function current(value_a: number): string {
  return value_a.toExponential(3);
}
