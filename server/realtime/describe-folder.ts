import { resolveParams, scansFor } from "../../shared/analysis/measurement.ts";
import type { ScanPlace } from "../../shared/analysis/technique-analysis.ts";
import { findHullPeak, type HullOutcome, proposePeakWindow } from "../../shared/electrochem/hull-peak.ts";
import { hullParamsFor } from "../../shared/electrochem/swv.ts";
import type { Scan, Technique } from "../../shared/formats/scan.ts";
import type { ListedFile } from "../../shared/protocol/agent-events.ts";
import { RequestError } from "../../shared/protocol/errors.ts";
import { MAX_LISTED_FILES } from "../../shared/protocol/limits.ts";
import { matchName, patternFromNames, patternsOverlap } from "../../shared/protocol/name-pattern.ts";
import { HullPulseParams } from "../../shared/protocol/pulse-params.ts";
import type { DescribeFolderReply, LeftOut, Proposal } from "../../shared/protocol/viewer-events.ts";
import { readPattern } from "../sessions/live-session.ts";
import type { SessionRecord } from "../sessions/session-book.ts";
import { parseAgentFile } from "./preview-file.ts";
import type { AskableAgent } from "./reach-agent.ts";

/** Groups that are looked into; a folder with more kinds of names is shown largest first. */
const MAX_GROUPS = 12;
/** Files of one group whose headers are read: the first ones carry what the rest repeats. */
const MAX_SAMPLES = 6;
const MAX_EXAMPLES = 3;

type Group = ReturnType<typeof patternFromNames>[number];

/** Looks at an agent's folder and proposes what to analyse: names grouped, a few files of each group read. */
export async function describeFolder(
  agent: AskableAgent,
  sessions: readonly SessionRecord[],
): Promise<DescribeFolderReply> {
  const files = await listFolder(agent);
  if (files.length === 0) throw new RequestError("folder_empty");
  const groups = patternFromNames(files.map((file) => file.name)).sort((a, b) => b.count - a.count);
  const proposals: Proposal[] = [];
  const leftOut: LeftOut[] = [];
  for (const group of groups.slice(0, MAX_GROUPS)) {
    const found = await lookInto(agent, group, sessions);
    if ("reason" in found) leftOut.push(found);
    else proposals.push(found);
  }
  const rest = groups.slice(MAX_GROUPS);
  if (rest.length > 0)
    leftOut.push(
      leaveOut(
        `in ${rest.length} further kinds of names`,
        rest.flatMap((group) => group.names),
      ),
    );
  return { folder: agent.folder, files: files.length, proposals, left_out: leftOut };
}

async function listFolder(agent: AskableAgent): Promise<ListedFile[]> {
  const files: ListedFile[] = [];
  for (;;) {
    const page = await agent.ask("describe_folder", { since: files.length });
    files.push(...page.files);
    if (files.length >= Math.min(page.total, MAX_LISTED_FILES) || page.files.length === 0) return files;
  }
}

interface Sample {
  readonly name: string;
  readonly scans: readonly ScanPlace[];
}

async function lookInto(
  agent: AskableAgent,
  group: Group,
  sessions: readonly SessionRecord[],
): Promise<Proposal | LeftOut> {
  const pattern = readPattern(group.pattern);
  const samples: Sample[] = [];
  let problem = "no measurement that Benchcast knows";
  for (const name of samplesOf(group)) {
    try {
      const fields = matchName(pattern, name) ?? {};
      const { scans } = await parseAgentFile(agent, name);
      samples.push({ name, scans: scansFor(scans, "swv", fields) });
      if (samples.at(-1)?.scans.length === 0) problem = describeOther(scans);
    } catch (error) {
      if (!(error instanceof RequestError) || error.code === "agent_offline") throw error;
      problem = error.message;
    }
  }
  const readable = samples.filter((sample) => sample.scans.length > 0);
  const [first] = readable;
  if (first === undefined) return leaveOut(problem, group.names);
  const running = sessions.find(
    (session) =>
      session.state === "running" && patternsOverlap(pattern, readPattern(session.filters.pattern)),
  );
  return { ...propose(group, readable), sample: first.name, running: running?.session_id ?? null };
}

/** One file for each frequency that the names tell, the first in natural order; else the first few. */
function samplesOf(group: Group): string[] {
  const pattern = readPattern(group.pattern);
  const byFrequency = new Map<number | undefined, string>();
  for (const name of group.names) {
    const frequency = matchName(pattern, name)?.f;
    if (!byFrequency.has(frequency)) byFrequency.set(frequency, name);
  }
  const firsts = [...byFrequency.values()];
  const others = group.names.filter((name) => !firsts.includes(name));
  return [...firsts, ...others].slice(0, MAX_SAMPLES);
}

function propose(group: Group, samples: readonly Sample[]): Omit<Proposal, "sample" | "running"> {
  const scans = samples.flatMap((sample) => sample.scans);
  const electrodes = distinct(
    scans.flatMap(({ scan }) => scan.electrodes.map((electrode) => electrode.electrode)),
  );
  const frequencies = distinct(scans.flatMap(({ frequency_hz }) => frequency_hz ?? []));
  const base = HullPulseParams.parse({});
  const chosen = resolveParams(scans, { technique: "swv", params: base }) ?? base;
  const params = { ...chosen, peak_window: peakWindow(samples, chosen) };
  const parts = [
    `${count(group.count, "SWV file")}`,
    inHertz(frequencies),
    count(electrodes.length, "electrode"),
  ];
  return {
    technique: "swv",
    filters: { pattern: group.pattern },
    params,
    summary: parts.filter((part) => part !== "").join(", "),
    files: group.count,
    electrodes,
    frequencies_hz: frequencies,
  };
}

/** Wide enough for every electrode and frequency; without one a trend jumps between waves as the first fades. */
function peakWindow(samples: readonly Sample[], params: HullPulseParams): [number, number] | null {
  const byTrace = new Map<string, HullOutcome[]>();
  for (const { scans } of samples) {
    for (const { scan, frequency_hz: frequency } of scans) {
      for (const { electrode, currents_a } of scan.electrodes) {
        const outcome = findHullPeak(
          scan.potentials_v,
          currents_a,
          hullParamsFor(params, frequency ?? undefined),
        );
        const trace = `${electrode} ${frequency}`;
        byTrace.set(trace, [...(byTrace.get(trace) ?? []), outcome]);
      }
    }
  }
  const windows = [...byTrace.values()].flatMap((outcomes) => {
    const window = proposePeakWindow(outcomes);
    return window === null ? [] : [window];
  });
  if (windows.length === 0) return null;
  return [Math.min(...windows.map(([low]) => low)), Math.max(...windows.map(([, high]) => high))];
}

function describeOther(scans: readonly Scan[]): string {
  const names: Partial<Record<Technique, string>> = {
    cv: "cyclic voltammetry",
    dpv: "differential pulse voltammetry",
    eis: "impedance",
  };
  const found = distinct(scans.map((scan) => names[scan.technique] ?? scan.technique_name));
  return `${found.join(" and ")}, which this version recognises but does not analyse`;
}

function leaveOut(reason: string, names: readonly string[]): LeftOut {
  return { reason, files: names.length, examples: names.slice(0, MAX_EXAMPLES) };
}

function distinct<T extends number | string>(values: readonly T[]): T[] {
  return [...new Set(values)].sort((a, b) => (a < b ? -1 : 1));
}

function count(number: number, noun: string): string {
  return `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;
}

function inHertz(frequencies: readonly number[]): string {
  const [first] = frequencies;
  const last = frequencies.at(-1);
  if (first === undefined) return "";
  if (frequencies.length === 1) return `${first} Hz`;
  return frequencies.length === 2
    ? `${first} and ${last} Hz`
    : `${frequencies.length} frequencies ${first} to ${last} Hz`;
}
