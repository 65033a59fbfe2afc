import { guessTable } from "../../shared/formats/guess-table.ts";
import { parseFile } from "../../shared/formats/registry.ts";
import type { ListedFile } from "../../shared/protocol/agent-events.ts";
import { matchName } from "../../shared/protocol/name-pattern.ts";
import type { NameGroup } from "./exact-groups.ts";
import type { FolderReader, LookedFile } from "./looked-file.ts";

/** Reading a few files of a group: enough to tell what it holds, within bounds of files and bytes. */

/** The first file of a group is read whole up to this: it shows curve and fit. */
const WHOLE_BYTES = 2 * 1024 * 1024;
/** Of the others the beginning tells enough where they are longer. */
const HEAD_BYTES = 256 * 1024;
const MOST_FIRSTS = 8;
const MOST_FILES = 14;
const AT_ONCE = 4;

/** What all groups of a folder may take together. Whoever comes late gets at least one look. */
export class LookBudget {
  #files: number;
  #bytes: number;

  constructor(files = 72, bytes = 16 * 1024 * 1024) {
    this.#files = files;
    this.#bytes = bytes;
  }

  get isSpent(): boolean {
    return this.#files <= 0 || this.#bytes <= 0;
  }

  take(bytes: number): void {
    this.#files -= 1;
    this.#bytes -= bytes;
  }
}

/**
 * Looks into a group until it is clear: the first files, the first of each frequency in the names, the last; and where
 * these differ in technique or frequency, more files all over the series.
 */
export async function lookInto(
  group: NameGroup,
  listed: ReadonlyMap<string, ListedFile>,
  reader: FolderReader,
  budget: LookBudget,
): Promise<LookedFile[]> {
  const looked = new Map<string, LookedFile>();
  const look = async (names: readonly string[]) => {
    const open = names.filter((name) => !looked.has(name)).slice(0, MOST_FILES - looked.size);
    for (let at = 0; at < open.length; at += AT_ONCE) {
      if (looked.size > 0 && budget.isSpent) return;
      const batch = open.slice(at, at + AT_ONCE);
      const read = await Promise.all(
        batch.map(async (name) => ({
          name,
          found: await reader.read(name, mostOf(looked.size, name, group)),
        })),
      );
      for (const { name, found } of read) {
        if (found === null) continue;
        budget.take(found.bytes.length);
        looked.set(name, lookAt(group, name, found, listed.get(name)?.mtime_ms ?? 0));
        await reader.pause();
      }
    }
  };
  await look(group.names.slice(0, 1));
  await look([...firstsOf(group), ...group.names.slice(1, 3), ...group.names.slice(-1)]);
  if (!isUniform([...looked.values()])) await look(spread(group.names));
  const order = new Map(group.names.map((name, index) => [name, index]));
  return [...looked.values()].sort((a, b) => (order.get(a.name) ?? 0) - (order.get(b.name) ?? 0));
}

function mostOf(lookedAlready: number, name: string, group: NameGroup): number {
  return lookedAlready === 0 || name === group.names[0] ? WHOLE_BYTES : HEAD_BYTES;
}

function lookAt(
  { pattern }: NameGroup,
  name: string,
  { bytes, size }: { readonly bytes: Uint8Array; readonly size: number },
  mtime_ms: number,
): LookedFile {
  const isPartial = bytes.length < size;
  const parsed = parseFile(bytes);
  const base = { name, fields: matchName(pattern, name) ?? {}, mtime_ms, isPartial };
  if (parsed.ok) return { ...base, scans: parsed.scans, problem: null, isTable: false };
  const problem = isPartial ? `too large to be looked into (${size} bytes)` : parsed.message;
  const isTable = parsed.code === "not_a_measurement" && guessTable(bytes) !== null;
  return { ...base, scans: [], problem, isTable };
}

/** The first file of each frequency that the names tell; of many frequencies some from low to high. */
export function firstsOf({ pattern, names }: NameGroup): string[] {
  if (!pattern.tokens.some((token) => token.kind === "digits" && token.field === "f")) return [];
  const first = new Map<number, string>();
  for (const name of names) {
    const f = matchName(pattern, name)?.f;
    if (f !== undefined && !first.has(f)) first.set(f, name);
  }
  const inOrder = [...first].sort(([a], [b]) => a - b).map(([, name]) => name);
  if (inOrder.length <= MOST_FIRSTS) return inOrder;
  return Array.from(
    { length: MOST_FIRSTS },
    (_, k) => inOrder[Math.round((k * (inOrder.length - 1)) / (MOST_FIRSTS - 1))] ?? "",
  );
}

/** Neighbours here and there: techniques that take turns show in neighbours. */
function spread(names: readonly string[]): string[] {
  const last = names.length - 1;
  const places = [3, 4, 5, last >> 1, (last >> 1) + 1, last >> 2, (last >> 2) + 1, (3 * last) >> 2, last - 1];
  return [...new Set(places)].filter((at) => at >= 0 && at <= last).map((at) => names[at] ?? "");
}

/** Whether all files hold the same techniques, and one frequency where names do not tell it. */
function isUniform(looked: readonly LookedFile[]): boolean {
  const kinds = new Set(
    looked.map(({ scans, fields }) =>
      scans
        .map(({ technique, frequency_hz }) => `${technique} ${fields.f === undefined ? frequency_hz : ""}`)
        .join(),
    ),
  );
  return kinds.size <= 1;
}
