/**
 * Which revision of a name is its last. Only names that were ever sent again are kept: a log of files that never
 * changed costs nothing, however long it is.
 */
export class LatestRevisions {
  readonly #again = new Map<string, number>();
  #revisions = 0;

  /** Takes the log's rows in their order. */
  note(name: string, revision: number): void {
    if (revision === 1) return;
    this.#again.set(name, revision);
    this.#revisions += 1;
  }

  /** Whether a later revision than this one has been noted. */
  replaced(name: string, revision: number): boolean {
    return revision < (this.#again.get(name) ?? 0);
  }

  /** How many rows replaced an earlier one. */
  get count(): number {
    return this.#revisions;
  }
}
