import type { AppendItem, Fence, Fences, LogKey, PreparedPage, RecordChange, ResultBatch } from "./port.ts";

/** A change of more records than this wants a design of its own; also bounds the work of one atomic step. */
export const MAX_RECORD_CHANGES = 16;

/**
 * Text that both stores give back exactly as it came. libsql cuts text at a NUL when it reads, and UTF-8 has
 * no form for half a surrogate pair, so two different names would become one.
 * @throws TypeError
 */
export function assertStorableText(text: string): string {
  if (text.includes("\0")) throw new TypeError(`Text with a NUL cannot be stored: ${JSON.stringify(text)}`);
  if (/\p{Surrogate}/u.test(text)) {
    throw new TypeError(`Text with half a surrogate pair cannot be stored: ${JSON.stringify(text)}`);
  }
  return text;
}

/** @throws RangeError when there are too many changes, or two of one record (which would hold then?); TypeError */
export function assertChanges(changes: readonly RecordChange[]): void {
  if (changes.length > MAX_RECORD_CHANGES) {
    throw new RangeError(`${changes.length} record changes in one step; at most ${MAX_RECORD_CHANGES}`);
  }
  const seen = new Set<string>();
  for (const { collection, key, expected, next } of changes) {
    for (const text of [collection, key, expected ?? "", next ?? ""]) assertStorableText(text);
    const name = JSON.stringify([collection, key]);
    if (seen.has(name)) throw new RangeError(`Two changes of one record in one step: ${name}`);
    seen.add(name);
  }
}

/** An append looks at this many records first; each is a lookup inside the atomic step. */
export const MAX_FENCES = 4;

/** @throws TypeError for text that cannot be stored, RangeError for too many */
export function assertFences(fences: Fences): readonly Fence[] {
  const list = fences === null ? [] : "value" in fences ? [fences] : fences;
  if (list.length > MAX_FENCES) throw new RangeError(`${list.length} fences; at most ${MAX_FENCES}`);
  for (const { collection, key, value, next = "" } of list)
    for (const text of [collection, key, value, next]) assertStorableText(text);
  return list;
}

/** Rows whose results are written in one step: a few milliseconds of the event loop. */
export const MAX_RESULTS = 1_000;

/** @throws TypeError for text that cannot be stored, RangeError for what is no offset, or too many */
export function assertResults({ epoch, version, results }: ResultBatch): void {
  assertStorableText(epoch);
  assertCount("version", version);
  if (results.length > MAX_RESULTS)
    throw new RangeError(`${results.length} results in one step; at most ${MAX_RESULTS}`);
  for (const { offset } of results) assertCount("offset", offset);
}

/** @throws TypeError for text that cannot be stored, RangeError for two results of one version */
export function assertItems(items: readonly AppendItem[]): void {
  for (const { name, sha256, results } of items) {
    assertStorableText(name);
    assertStorableText(sha256);
    const versions = results.map(({ version }) => assertCount("version", version));
    if (new Set(versions).size < versions.length) {
      throw new RangeError(`Two results of one version for ${JSON.stringify(name)}`);
    }
  }
}

/** @throws TypeError for text that cannot be stored, RangeError for what is not a whole number from 0 */
export function assertPrepared(key: LogKey, { epoch, version, number }: PreparedPage): void {
  for (const text of [key, epoch]) assertStorableText(text);
  for (const [what, value] of Object.entries({ version, number })) assertCount(what, value);
}

/** @throws RangeError unless the value is a whole number from 0 */
export function assertCount(what: string, value: number): number {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new RangeError(`${what} must be a whole number from 0, not ${value}`);
  }
  return value;
}

/** Bytes that an append writes, for bounding what shares one transaction. */
export function weightOf(items: readonly AppendItem[]): number {
  return items.reduce(
    (sum, { entry, raw, results }) =>
      sum + entry.length + (raw?.length ?? 0) + results.reduce((bytes, { body }) => bytes + body.length, 0),
    0,
  );
}
