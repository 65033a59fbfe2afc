/** How it stands with the connection to the hub. Times in ms on this computer's clock. */
export type LinkState =
  | { readonly kind: "connecting" }
  | { readonly kind: "connected" }
  /**
   * `sinceMs`: the connection was lost, or never came up. `retryAtMs` null: an attempt is under way. `reason`: what
   * the hub said to the last attempt; null where it was not reached.
   */
  | {
      readonly kind: "lost";
      readonly sinceMs: number;
      readonly retryAtMs: number | null;
      readonly reason: string | null;
    }
  /** The hub does not want this page back; trying again would change nothing. */
  | { readonly kind: "refused"; readonly message: string };
