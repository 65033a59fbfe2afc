import type { Fleet } from "./fleet.ts";
import { SisterUnreachable } from "./sister-calls.ts";

/** A lone hub has nobody to look after; its calls to others end at once. */
const BEAT_MS = 3_000;

/** The only hub on its store: nobody else can have it, so whoever is not this one is dead. */
export function loneFleet(hubId: string): Fleet {
  const alive = new Set([hubId]);
  return {
    hubId,
    beatMs: BEAT_MS,
    rooms: undefined,
    counts: null,
    sisters: () => [],
    census: async () => ({ living: [], justLeft: [] }),
    serve: () => undefined,
    call: async (other) => {
      throw new SisterUnreachable("gone", other);
    },
    tellAll: () => undefined,
    look: async () => ({ lease: "kept", alive, certain: true }),
    leave: async () => undefined,
  };
}
