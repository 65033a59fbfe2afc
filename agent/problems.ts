/** Something that a person should know, from when it began until it ends. */
export interface Problem {
  readonly id: string;
  /** What is true, then what to do. */
  readonly text: string;
  /** ms since 1970, this computer's clock. */
  readonly since_ms: number;
}

/** The problems of the moment. Each is told once when it begins or changes, and withdrawn when it ends. */
export class Problems {
  readonly #now: () => number;
  readonly #onChange: () => void;
  readonly #active = new Map<string, Problem>();

  constructor(now: () => number, onChange: () => void) {
    this.#now = now;
    this.#onChange = onChange;
  }

  get active(): Problem[] {
    return [...this.#active.values()];
  }

  /** @param text null: the problem has ended */
  set(id: string, text: string | null): void {
    const known = this.#active.get(id);
    if ((known?.text ?? null) === text) return;
    if (text === null) this.#active.delete(id);
    else this.#active.set(id, { id, text, since_ms: known?.since_ms ?? this.#now() });
    this.#onChange();
  }
}
