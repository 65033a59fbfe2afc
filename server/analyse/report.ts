import type { DecayRecord } from "./decay-records.ts";
import type { PeakRecord } from "./pulse-records.ts";
import type { DesktopRecord, PairRecord } from "./sweep-records.ts";
import { textTable } from "./text-table.ts";

export type AnalysisRecord = PeakRecord | PairRecord | DesktopRecord | DecayRecord;

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
      if (!("numbers" in record)) return write(`${JSON.stringify(record)}\n`);
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
