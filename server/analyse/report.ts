import type { DesktopRecord, PairRecord } from "./cv-records.ts";
import type { PeakRecord } from "./swv-records.ts";
import { textTable } from "./text-table.ts";

export type AnalysisRecord = PeakRecord | PairRecord | DesktopRecord;

/** Where records go, one after the other. */
export interface Report {
  add(record: AnalysisRecord): void;
  /** After the last one. */
  end(): void;
}

/** One line of JSON for each record, at once. */
export function jsonReport(write: (text: string) => void): Report {
  return {
    add(record) {
      if (record.record !== "peak") return write(`${JSON.stringify(record)}\n`);
      const { numbers, ...place } = record;
      write(`${JSON.stringify({ ...place, ...numbers })}\n`);
    },
    end() {},
  };
}

/** A table for each technique. Columns are as wide as their widest cell, so all records come first. */
export function textReport(write: (text: string) => void): Report {
  const groups = new Map<string, AnalysisRecord[]>();
  return {
    add(record) {
      const group = groups.get(record.technique);
      if (group === undefined) groups.set(record.technique, [record]);
      else group.push(record);
    },
    end() {
      write([...groups.values()].map(textTable).join("\n"));
    },
  };
}
