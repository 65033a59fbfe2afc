import type { Fleet } from "../fleet/fleet.ts";
import type { FoundExport, MadeExport, MadeExports } from "./made-exports.ts";

/** A part travels through Redis in milliseconds; a hub that takes longer is not waited for. */
const PART_WITHIN_MS = 5_000;

interface Part {
  readonly size: number;
  readonly content: Uint8Array;
}

/**
 * Finds a finished export where it lies: on this hub, or on the sister that made it, which passes it on part by part.
 * Null where no hub has it: it was crowded out, or its hub is gone.
 */
export async function findMade(
  own: MadeExports,
  fleet: Pick<Fleet, "sisters" | "call">,
  which: MadeExport,
): Promise<FoundExport | null> {
  const here = await own.find(which);
  if (here !== null) return here;
  const asked = fleet.sisters().map(async (hub) => {
    const readFrom = (from: number) => fleet.call(hub, "read_export", { ...which, from }, PART_WITHIN_MS);
    const first = await readFrom(0);
    if (first === null) throw new Error("not there");
    return { size: first.size, pieces: () => partByPart(first, readFrom) };
  });
  return Promise.any(asked).catch(() => null);
}

async function* partByPart(
  first: Part,
  readFrom: (from: number) => Promise<Part | null>,
): AsyncGenerator<Uint8Array> {
  let part: Part | null = first;
  for (let from = 0; ; ) {
    if (part === null || part.size !== first.size || part.content.length === 0)
      throw new Error("The hub that has this export has lost it.");
    yield part.content;
    from += part.content.length;
    if (from >= first.size) return;
    part = await readFrom(from);
  }
}
