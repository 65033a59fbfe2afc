/** What the fuzzer's process tells. Bytes throughout. */
export interface FuzzReport {
  runs: number;
  /** Damaged files that a description made a scan of. */
  described: number;
  /** How many damaged files each format recognised; `none`: no format did. */
  formats: Record<string, number>;
  /** The most that one small damaged file made the process grow. */
  small_growth: number;
  /** The same of files of some MB, whole and damaged; with the file's size and name. And the most that one took to read. */
  large: { name: string; bytes: number; growth: number; s_per_mib: number };
  /** The most that the process held above what it held before the first file. */
  above_start: number;
}
