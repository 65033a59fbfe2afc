#!/usr/bin/env node
import { readFileSync, statSync } from "node:fs";
import { readScans } from "../shared/analysis/measurement.ts";
import type { Technique } from "../shared/formats/scan.ts";
import type { NameFields } from "../shared/protocol/name-pattern.ts";
import { type AnalyseCommand, EXIT, HELP, readCommand } from "./analyse/command-line.ts";
import { decayRecords } from "./analyse/decay-records.ts";
import type { MeasurementFile } from "./analyse/measurement-file.ts";
import { fieldsOfNames } from "./analyse/name-fields.ts";
import { type AnalyseParams, ParamsError, parseParams, readingOf } from "./analyse/params.ts";
import { peakRecords } from "./analyse/pulse-records.ts";
import { type AnalysisRecord, jsonReport, type Report, textReport } from "./analyse/report.ts";
import { Series } from "./analyse/series.ts";
import { sweepRecords } from "./analyse/sweep-records.ts";

/** Offline analysis: files in, records out, by the same code as the hub. `--help` says the rest. */

const { stdout, stderr } = process;

const ANALYSED: ReadonlySet<Technique> = new Set<Technique>(["swv", "dpv", "cv", "lsv", "ca"]);

// A reader that has seen enough (`| head`) closes the pipe: that is no failure.
stdout.on("error", (error: NodeJS.ErrnoException) => {
  process.exit(error.code === "EPIPE" ? EXIT.ok : EXIT.failed);
});

process.exitCode = main(process.argv.slice(2));

/** @returns the exit code */
function main(args: readonly string[]): number {
  const command = readCommand(args);
  switch (command.kind) {
    case "help":
      stdout.write(HELP);
      return EXIT.ok;
    case "usage":
      stderr.write(`${command.message}\nSee benchcast-analyse --help\n`);
      return EXIT.usage;
    case "analyse":
      return analyse(command);
  }
}

function analyse({ files, paramsFile, json }: AnalyseCommand): number {
  const settings = readSettings(files, paramsFile);
  if (settings === null) return EXIT.usage;
  const { params, fields } = settings;
  const report = json ? jsonReport((text) => stdout.write(text)) : textReport((text) => stdout.write(text));
  const analysts = [
    ...(["swv", "dpv"] as const).map((technique) => new Series(technique, params.swv, peakRecords)),
    ...(["cv", "lsv"] as const).map((technique) => new Series(technique, params.cv, sweepRecords)),
    new Series("ca", params.ca, decayRecords),
  ];
  let failures = 0;
  for (const name of files) {
    const file = readMeasurement(name, fields.get(name) ?? {}, params);
    if (file === null) failures += 1;
    else for (const analyst of analysts) addTo(report, file, analyst);
  }
  report.end();
  return failures > 0 ? EXIT.failed : EXIT.ok;
}

interface Analyst {
  records(file: MeasurementFile): AnalysisRecord[];
  remarks(file: MeasurementFile): string[];
}

function addTo(report: Report, file: MeasurementFile, analyst: Analyst): void {
  for (const record of analyst.records(file)) report.add(record);
  for (const remark of analyst.remarks(file)) stderr.write(`${file.name}: ${remark}\n`);
}

interface Settings {
  readonly params: AnalyseParams;
  readonly fields: ReadonlyMap<string, NameFields>;
}

/** Null when the parameters have a mistake; every one of them is on standard error then. */
function readSettings(files: readonly string[], paramsFile: string | null): Settings | null {
  try {
    const params = parseParams(paramsFile === null ? "{}" : readFileSync(paramsFile, "utf8"));
    return { params, fields: fieldsOfNames(files, params.pattern) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const place = error instanceof ParamsError ? `${paramsFile}: ` : "";
    for (const line of reason.split("\n")) stderr.write(`${place}${line}\n`);
    return null;
  }
}

/** Reads one file; null when that failed. Says on standard error what is wrong or strange, and where. */
function readMeasurement(name: string, fields: NameFields, params: AnalyseParams): MeasurementFile | null {
  let bytes: Uint8Array;
  let mtime_ms: number;
  try {
    bytes = new Uint8Array(readFileSync(name));
    mtime_ms = statSync(name).mtimeMs;
  } catch (error) {
    const isFolder = error instanceof Error && "code" in error && error.code === "EISDIR";
    const reason = error instanceof Error ? error.message : String(error);
    stderr.write(`${name}: ${isFolder ? "This is a folder; name the files in it." : reason}\n`);
    return null;
  }
  const parsed = readScans(bytes, readingOf(params));
  if (!parsed.ok) {
    stderr.write(`${name}${parsed.line === undefined ? "" : `:${parsed.line}`}: ${parsed.message}\n`);
    return null;
  }
  const remarks = parsed.scans.flatMap(({ technique, technique_name, warnings }) =>
    ANALYSED.has(technique) ? warnings : [...warnings, `${technique_name} is recognised and not analysed.`],
  );
  for (const remark of new Set(remarks)) stderr.write(`${name}: ${remark}\n`);
  return { name, parsed, facts: { size_bytes: bytes.length, mtime_ms, received_at_ms: mtime_ms, fields } };
}
