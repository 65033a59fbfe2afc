import { createHash } from "node:crypto";
import type { Fleet } from "../fleet/fleet.ts";

/** Characters of base64url that stand for a hub: 48 bits, so that no two of a thousand hubs are taken for one. */
const MARK_LENGTH = 8;

/**
 * Names of Engine.IO's connections. Each ends with a mark of its hub, so that a hub to which a load balancer brings
 * somebody else's poll knows that, and can say so.
 */
export class WireIds {
  readonly #fleet: Pick<Fleet, "hubId" | "sisters">;
  readonly #newId: () => string;

  constructor(fleet: Pick<Fleet, "hubId" | "sisters">, newId: () => string) {
    this.#fleet = fleet;
    this.#newId = newId;
  }

  make(): string {
    return `${this.#newId()}.${markOf(this.#fleet.hubId)}`;
  }

  /** Whether a connection was opened on another hub that lives. */
  isOfSister(id: string): boolean {
    const mark = id.slice(id.lastIndexOf(".") + 1);
    return this.#fleet.sisters().some((hub) => markOf(hub) === mark);
  }
}

function markOf(hubId: string): string {
  return createHash("sha256").update(hubId).digest("base64url").slice(0, MARK_LENGTH);
}
