import type { ClockDoubt, ScanClock } from "./scan-clock.ts";

const DOUBTS: Record<ClockDoubt, string> = {
  "no-intervals":
    "How much time lies between scans cannot be told, as of files that were copied: set the seconds per file in the trend settings.",
  "wrong-date": "Its date is wrong: times of day are those of the PC.",
  "old-date":
    "Its date is far before that of the files: it is wrong, or they are copies. Elapsed time counts from the first scan.",
  unsteady: "The instrument's clock stands still, or runs against the file numbers, and is not used.",
  "set-anew": "The instrument's clock was set during the run, and is not used.",
};

/** Which clock tells when scans were taken, and what is not certain of it, for the page and for exports. */
export function clockWords({ pace, doubts }: ScanClock): string {
  const who =
    pace === "instrument"
      ? "By the instrument's clock, as the files tell it."
      : "By the times at which the files were written.";
  return [who, ...doubts.map((doubt) => DOUBTS[doubt])].join(" ");
}
