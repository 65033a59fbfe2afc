import type { SessionTechnique } from "../../shared/protocol/analysis-params.ts";
import type { NameGroup } from "./exact-groups.ts";
import type { LookedFile } from "./looked-file.ts";
import type { OwnFile } from "./propose.ts";
import type { NumberTwins } from "./repeated-numbers.ts";
import { count, nameOf } from "./words.ts";

interface Facts {
  readonly technique: SessionTechnique;
  readonly others: readonly SessionTechnique[];
  readonly group: NameGroup;
  readonly looked: readonly LookedFile[];
  readonly own: readonly OwnFile[];
  readonly frequencies: readonly number[];
  readonly twins: NumberTwins | null;
}

const MOST_WARNINGS = 2;

/** What is unclear about a proposal, or strange about its files: sentences for a person, most important first. */
export function proposalRemarks(facts: Facts): string[] {
  return [
    ...mixed(facts),
    ...frequencyRemarks(facts),
    ...electrodeRemarks(facts),
    ...repeatRemarks(facts),
    ...nameRemarks(facts),
    ...fileRemarks(facts),
  ];
}

function mixed({ technique, others, looked }: Facts): string[] {
  if (others.length === 0) return [];
  const found = others.map(nameOf).join(" and ");
  const inOneFile = looked.every(({ scans }) =>
    others.every((other) => scans.some((scan) => scan.technique === other)),
  );
  if (inOneFile) return [`Every file also holds ${found}, for a session of its own.`];
  return [
    `The names do not tell ${nameOf(technique)} from ${found}: files of the other are listed and passed over.`,
  ];
}

function frequencyRemarks({ group, looked, own, frequencies, technique }: Facts): string[] {
  if (technique !== "swv") return [];
  if (frequencies.length === 0) return ["Neither the files nor their names tell the frequency."];
  const differing = own.find(({ file, places }) =>
    places.some(
      ({ scan }) =>
        file.fields.f !== undefined && scan.frequency_hz !== undefined && scan.frequency_hz !== file.fields.f,
    ),
  );
  if (differing !== undefined) {
    const said = differing.places[0]?.frequency_hz;
    return [`${differing.file.name} was measured at ${said} Hz: the file counts, not its name.`];
  }
  const named = own.some(({ file }) => file.fields.f !== undefined);
  return named || frequencies.length < 2 || looked.length === group.names.length
    ? []
    : [`The frequencies are those of the ${looked.length} files that were looked at; others may follow.`];
}

function electrodeRemarks({ own }: Facts): string[] {
  const sets = new Set(
    own.flatMap(({ file, places }) =>
      file.fields.e === undefined
        ? places.map(({ scan }) => scan.electrodes.map(({ electrode }) => electrode).join(", "))
        : [],
    ),
  );
  return sets.size > 1 ? ["Not every file has the same electrodes."] : [];
}

function repeatRemarks({ twins }: Facts): string[] {
  if (twins === null) return [];
  const [first, second] = twins.names;
  const both = `File numbers repeat: ${first} and ${second} are both number ${twins.number}.`;
  return [
    twins.narrower === null ? both : `${both} For one series alone narrow the pattern, as ${twins.narrower}`,
  ];
}

function nameRemarks({ group }: Facts): string[] {
  const [, unit] = /\{n\} ?(\p{L}+)/u.exec(group.pattern.text) ?? [];
  if (unit === undefined || group.names.length < 2) return [];
  return [`The number before “${unit}” was taken as the file number.`];
}

function fileRemarks({ looked, own }: Facts): string[] {
  const failed = looked.filter(({ problem }) => problem !== null);
  const [first] = failed;
  const warnings = own.flatMap(({ places }) => places.flatMap(({ scan }) => scan.warnings));
  return [
    ...(first === undefined
      ? []
      : [
          `${failed.length} of ${count(looked.length, "file")} that were looked at could not be read. ${first.name}: ${first.problem}`,
        ]),
    ...new Set(warnings.slice(0, MOST_WARNINGS)),
  ];
}
