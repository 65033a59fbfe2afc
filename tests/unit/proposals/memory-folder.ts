import type { FolderReader } from "../../../server/proposals/looked-file.ts";
import { type FoundSeries, proposeSeries } from "../../../server/proposals/propose.ts";
import type { ListedFile } from "../../../shared/protocol/agent-events.ts";
import { naturalCompare } from "../../../shared/protocol/name-pattern.ts";

/** A folder in memory, and how often it was asked. */
export interface MemoryFolder {
  readonly files: readonly ListedFile[];
  readonly reader: FolderReader;
  readonly asked: { files: number; bytes: number };
}

export interface MemoryFile {
  readonly name: string;
  readonly content: Uint8Array;
  readonly mtime_ms?: number;
}

/** In natural order, as an agent lists it. */
export function memoryFolder(given: readonly MemoryFile[]): MemoryFolder {
  const contents = new Map(given.map(({ name, content }) => [name, content]));
  const asked = { files: 0, bytes: 0 };
  const files = given
    .map(({ name, content, mtime_ms = 0 }) => ({ name, size: content.length, mtime_ms }))
    .sort((a, b) => naturalCompare(a.name, b.name));
  const reader: FolderReader = {
    read: async (name, most) => {
      const content = contents.get(name);
      if (content === undefined) return null;
      const bytes = content.slice(0, most);
      asked.files += 1;
      asked.bytes += bytes.length;
      return { bytes, size: content.length };
    },
    pause: async () => {},
  };
  return { files, reader, asked };
}

export function proposeFor(given: readonly MemoryFile[]): Promise<FoundSeries> {
  const { files, reader } = memoryFolder(given);
  return proposeSeries(files, reader);
}
