import type { SessionLog } from "./session-log.ts";

/** How a scan is called beside its numbers: by its file number, else by its place in the log. */
export function scanText(log: SessionLog, offset: number): string {
  const fileNumber = log.entry(offset, "file_number");
  return Number.isNaN(fileNumber) ? `entry ${offset + 1}` : `No. ${fileNumber}`;
}
