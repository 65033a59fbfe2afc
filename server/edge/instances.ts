import { z } from "zod";
import { RequestError } from "../../shared/protocol/errors.ts";
import type { UserTag } from "../sessions/user-tag.ts";
import type { RecordChange, Store } from "../store/port.ts";
import { MAX_REPLACED, REPLACED_KEPT_MS } from "./limits.ts";

/** User tag → the process that holds the agent's place, and those that lost it. */
const INSTANCES = "instances";

const Instances = z.object({
  current: z.string(),
  /** Newest first. */
  replaced: z.array(z.object({ instance: z.string(), at_ms: z.number() })),
});
export type Instances = z.infer<typeof Instances>;

/**
 * Gives an agent's place to a process. The newest wins; one that lost the place never gets it back, or two
 * processes with one key (a cloned disk) would take it from each other at every reconnect.
 *
 * @returns what is to be remembered, or that this process was replaced
 */
export function claimPlace(
  known: Instances | null,
  instance: string,
  now: number,
): { readonly kind: "held"; readonly instances: Instances } | { readonly kind: "replaced" } {
  if (known === null) return { kind: "held", instances: { current: instance, replaced: [] } };
  if (known.current === instance) return { kind: "held", instances: known };
  const remembered = known.replaced.filter(({ at_ms }) => now - at_ms < REPLACED_KEPT_MS);
  if (remembered.some((earlier) => earlier.instance === instance)) return { kind: "replaced" };
  const replaced = [{ instance: known.current, at_ms: now }, ...remembered].slice(0, MAX_REPLACED);
  return { kind: "held", instances: { current: instance, replaced } };
}

/** The process that holds an agent's place; null where none ever did. */
export async function currentInstance(store: Store, tag: UserTag): Promise<string | null> {
  const text = await store.getRecord(INSTANCES, tag);
  return text === null ? null : Instances.parse(JSON.parse(text)).current;
}

/**
 * The change that gives the place to a process, to be made in one step with its registration.
 *
 * @throws RequestError replaced
 */
export async function placeChange(
  store: Store,
  tag: UserTag,
  instance: string,
  now: number,
): Promise<RecordChange[]> {
  const before = await store.getRecord(INSTANCES, tag);
  const claim = claimPlace(before === null ? null : Instances.parse(JSON.parse(before)), instance, now);
  if (claim.kind === "replaced") throw new RequestError("replaced");
  const next = JSON.stringify(claim.instances);
  return next === before ? [] : [{ collection: INSTANCES, key: tag, expected: before, next }];
}
