/** Whether a hub should be given new connections, and what its operator ought to know. */
export class Readiness {
  readonly #storeProblem: () => string | null;
  readonly #lasting: readonly string[];
  readonly #passing = new Map<string, string>();
  readonly #leaving: (() => Promise<void>)[] = [];
  #draining = false;

  /**
   * @param storeProblem what is wrong with the store now, from memory
   * @param warnings what was found at start and stays true
   */
  constructor(storeProblem: () => string | null, warnings: readonly string[]) {
    this.#storeProblem = storeProblem;
    this.#lasting = warnings;
  }

  get draining(): boolean {
    return this.#draining;
  }

  /** What has to stop before anybody is sent away, such as taking tasks. A step that fails stops no other. */
  beforeLeaving(step: () => Promise<void>): void {
    this.#leaving.push(step);
  }

  /** From now on the hub is on its way out. Resolves when nothing new is begun any more. */
  async drain(): Promise<void> {
    if (this.#draining) return;
    this.#draining = true;
    await Promise.allSettled(this.#leaving.map((step) => step()));
  }

  /** Something that an operator should know until it is taken back with null; one text per topic. */
  warn(topic: string, text: string | null): void {
    if (text === null) this.#passing.delete(topic);
    else this.#passing.set(topic, text);
  }

  get warnings(): readonly string[] {
    return [...this.#lasting, ...this.#passing.values()];
  }

  /** Why no new connection should come here; null: they may. */
  reason(): string | null {
    if (this.#draining) return "This hub is shutting down.";
    return this.#storeProblem();
  }
}
