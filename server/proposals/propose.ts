import { firstParams } from "../../shared/analysis/first-params.ts";
import { scansFor } from "../../shared/analysis/measurement.ts";
import type { Scan, Technique } from "../../shared/formats/scan.ts";
import type { ListedFile } from "../../shared/protocol/agent-events.ts";
import type { SessionTechnique } from "../../shared/protocol/analysis-params.ts";
import { matchName, type NameFields } from "../../shared/protocol/name-pattern.ts";
import { groupNames } from "../../shared/protocol/name-proposals.ts";
import type { LeftOut, Proposal } from "../../shared/protocol/viewer-events.ts";
import { exactGroups, type NameGroup } from "./exact-groups.ts";
import { firstsOf, LookBudget, lookInto } from "./look.ts";
import type { FolderReader, LookedFile } from "./looked-file.ts";
import { proposalRemarks } from "./remarks.ts";
import { type NumberTwins, repeatedNumber } from "./repeated-numbers.ts";
import { judgeTimes } from "./scan-times.ts";
import { frequenciesOf, leaveOut, summaryOf, TECHNIQUE_WORDS } from "./words.ts";

/** A proposal before it is known which sessions run. */
export type FoundProposal = Omit<Proposal, "running">;

export interface FoundSeries {
  readonly proposals: readonly FoundProposal[];
  readonly left_out: readonly LeftOut[];
}

/** Kinds of names that are looked into; of a folder with more the largest. */
const MOST_GROUPS = 24;
/** From so many frequencies on, one file each, a series is a frequency map; names that say Hz need fewer. */
const MAP_FREQUENCIES = 6;
const MAP_NAMED_FREQUENCIES = 3;

/**
 * What could be analysed in a folder: its names grouped into series, a few files of each read. Every pattern matches
 * exactly the files that its proposal counts; two proposals of one technique never share a file. Never throws on
 * what names or files hold.
 */
export async function proposeSeries(
  files: readonly ListedFile[],
  reader: FolderReader,
): Promise<FoundSeries> {
  const listed = new Map(files.map((file) => [file.name, file]));
  const names = [...listed.keys()];
  const found = await inTurns(groupNames(names), reader);
  const { groups, crossing, others } = await inTurns(exactGroups(found, names, MOST_GROUPS), reader);
  const budget = new LookBudget();
  const proposals: FoundProposal[] = [];
  const left_out: LeftOut[] = [];
  for (const group of groups) {
    const looked = await lookInto(group, listed, reader, budget);
    const own = await proposalsFor(group, looked, listed, reader);
    proposals.push(...own.proposals);
    left_out.push(...own.left_out);
  }
  for (const { pattern, names: own } of crossing)
    left_out.push(leaveOut(`their pattern ${pattern.text} would also take files of a series above`, own));
  if (others.length > 0)
    left_out.push(leaveOut("further kinds of names, which were not looked into", others));
  // The larger series first; of equal ones what is measured most.
  proposals.sort((a, b) => b.files - a.files || rank(a) - rank(b));
  return { proposals, left_out };
}

const RANKS: readonly SessionTechnique[] = ["swv", "frequency-map", "dpv", "cv", "lsv", "ca"];

function rank({ technique }: FoundProposal): number {
  return RANKS.indexOf(technique);
}

async function inTurns<T>(steps: Generator<void, T>, reader: FolderReader): Promise<T> {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    await reader.pause();
  }
}

/** One proposal for each technique in a group: a session passes over files of the others. */
async function proposalsFor(
  group: NameGroup,
  looked: readonly LookedFile[],
  listed: ReadonlyMap<string, ListedFile>,
  reader: FolderReader,
): Promise<FoundSeries> {
  const techniques = sessionTechniques(looked);
  if (techniques.length === 0) return { proposals: [], left_out: [unread(group, looked)] };
  const mtimes = await inTurns(mtimesByTrace(group, listed), reader);
  const twins = await inTurns(repeatedNumber(group), reader);
  const proposals: FoundProposal[] = [];
  for (const technique of techniques) {
    proposals.push(propose(group, looked, { technique, techniques, mtimes, twins }));
    await reader.pause();
  }
  return { proposals, left_out: [] };
}

interface Question {
  readonly technique: SessionTechnique;
  readonly techniques: readonly SessionTechnique[];
  readonly mtimes: readonly (readonly number[])[];
  readonly twins: NumberTwins | null;
}

function propose(
  group: NameGroup,
  looked: readonly LookedFile[],
  { technique, techniques, mtimes, twins }: Question,
): FoundProposal {
  const own = looked
    .map((file) => ({ file, places: scansFor(file.scans, technique, file.fields) }))
    .filter(({ places }) => places.length > 0);
  const early = new Set([...group.names.slice(0, 3), ...firstsOf(group)]);
  const firsts = own.filter(({ file }) => early.has(file.name));
  const places = (firsts.length > 0 ? firsts : own.slice(0, 2)).flatMap((one) => one.places);
  const electrodes = new Set(
    own.flatMap((one) => one.places.flatMap(({ scan }) => scan.electrodes.map(({ electrode }) => electrode))),
  );
  for (const electrode of namedElectrodes(group, own)) electrodes.add(electrode);
  const frequencies = frequenciesOf(group, own);
  const times = judgeTimes(timedFiles(own), mtimes);
  const facts = {
    technique,
    others: techniques.filter((one) => one !== technique),
    group,
    looked,
    own,
    frequencies,
    twins,
  };
  const inOrder = [...electrodes].sort((a, b) => a - b);
  return {
    technique: isMap(group, own, frequencies.length) ? "frequency-map" : technique,
    filters: { pattern: group.pattern.text },
    params: firstParams(technique, places),
    summary: summaryOf({ ...facts, electrodes: inOrder.length }),
    files: group.names.length,
    electrodes: inOrder,
    frequencies_hz: frequencies,
    sample: own[0]?.file.name ?? group.names[0] ?? "",
    looked: looked.length,
    time_axis: times.axis,
    remarks: [...proposalRemarks(facts), ...times.remarks],
  };
}

/** Files of one scan and their places, for one technique. */
export interface OwnFile {
  readonly file: LookedFile;
  readonly places: ReturnType<typeof scansFor>;
}

/** Techniques with curves that a session can analyse, the most frequent first. */
function sessionTechniques(looked: readonly LookedFile[]): SessionTechnique[] {
  const counts = new Map<SessionTechnique, number>();
  for (const { scans } of looked) {
    const held = scans.flatMap((scan) => (hasCurve(scan) ? (sessionTechnique(scan.technique) ?? []) : []));
    for (const technique of new Set(held)) counts.set(technique, (counts.get(technique) ?? 0) + 1);
  }
  return [...counts].sort(([, a], [, b]) => b - a).map(([technique]) => technique);
}

function hasCurve({ electrodes }: Scan): boolean {
  return electrodes.some(({ currents_a }) => currents_a.length > 0);
}

function sessionTechnique(technique: Technique): SessionTechnique | null {
  return technique === "eis" || technique === "other" ? null : technique;
}

function namedElectrodes({ pattern, names }: NameGroup, own: readonly OwnFile[]): number[] {
  const single = own.every(({ places }) => places.every(({ scan }) => scan.electrodes.length === 1));
  if (!single || !pattern.tokens.some((token) => token.kind === "digits" && token.field === "e")) return [];
  return names.flatMap((name) => matchName(pattern, name)?.e ?? []);
}

/** One SWV scan at each of many frequencies. */
function isMap({ names, pattern }: NameGroup, own: readonly OwnFile[], frequencies: number): boolean {
  if (!own.every(({ places }) => places.every(({ scan }) => scan.technique === "swv"))) return false;
  const named = pattern.tokens.filter((token) => token.kind === "digits").map((token) => token.field);
  const isNamed = named.includes("f");
  const electrodes = named.includes("e") ? new Set(namedElectrodes({ names, pattern }, own)).size : 1;
  const oneEach = names.length <= frequencies * Math.max(1, electrodes);
  return oneEach && frequencies >= (isNamed ? MAP_NAMED_FREQUENCIES : MAP_FREQUENCIES);
}

function unread({ names, pattern }: NameGroup, looked: readonly LookedFile[]): LeftOut {
  const known = [
    ...new Set(looked.flatMap(({ scans }) => scans.map(({ technique }) => TECHNIQUE_WORDS[technique]))),
  ];
  const table = looked.find(({ isTable }) => isTable);
  if (known.length > 0)
    return leaveOut(`${known.join(" and ")}, which is recognised but not analysed`, names);
  if (table !== undefined) {
    const reason = "text tables that no known format explains; describe their columns to analyse them";
    return { ...leaveOut(reason, names), pattern: pattern.text, sample: table.name };
  }
  return leaveOut(looked[0]?.problem ?? "they could not be read", names);
}

function timedFiles(own: readonly OwnFile[]) {
  return own.map(({ file: { name, fields, mtime_ms }, places }) => {
    const text = places[0]?.scan.started_at;
    const time = text === undefined ? Number.NaN : Date.parse(`${text}Z`);
    return {
      name,
      trace: traceOf(name, fields),
      started_at_ms: Number.isNaN(time) ? null : time,
      mtime_ms,
    };
  });
}

function* mtimesByTrace(
  { names, pattern }: NameGroup,
  listed: ReadonlyMap<string, ListedFile>,
): Generator<void, number[][]> {
  const traces = new Map<string, number[]>();
  for (const [index, name] of names.entries()) {
    const trace = traceOf(name, matchName(pattern, name) ?? {});
    const times = traces.get(trace);
    const time = listed.get(name)?.mtime_ms ?? 0;
    if (times === undefined) traces.set(trace, [time]);
    else times.push(time);
    if (index % 1_000 === 999) yield;
  }
  return [...traces.values()];
}

/** What names of one trace have in common: all but the file number, where that ends the name. */
function traceOf(name: string, { n, f, e }: NameFields): string {
  const [last] = /[0-9]+(?=[^0-9]*$)/.exec(name) ?? [];
  const countsUp = last !== undefined && n !== undefined && Number(last) === n;
  return countsUp ? name.replace(/[0-9]+(?=[^0-9]*$)/, "") : `${f ?? ""} ${e ?? ""}`;
}
