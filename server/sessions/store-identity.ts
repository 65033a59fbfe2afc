import type { Store } from "../store/port.ts";

/** Which store this hub has written to. Another id means that it was emptied or replaced, and what it held is lost. */
export class StoreIdentity {
  readonly #store: Store;
  #known: string;

  static async open(store: Store): Promise<StoreIdentity> {
    return new StoreIdentity(store, await store.storeId());
  }

  private constructor(store: Store, known: string) {
    this.#store = store;
    this.#known = known;
  }

  /** The id of the store in which everything that this hub knows is written. */
  get known(): string {
    return this.#known;
  }

  ask(): Promise<string> {
    return this.#store.storeId();
  }

  /** Everything that this hub knows is written in this store now. */
  adopt(id: string): void {
    this.#known = id;
  }

  /**
   * Whether what is missing is lost, and will be restored in a moment. Asked after something was found missing: an
   * id never comes back, so a store that is the known one now was it then.
   */
  async isLost(): Promise<boolean> {
    return (await this.ask()) !== this.#known;
  }
}
