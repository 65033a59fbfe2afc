import { createHash, timingSafeEqual } from "node:crypto";
import type { FastifyRequest } from "fastify";
import { RequestError } from "../../shared/protocol/errors.ts";
import type { Edge } from "../edge/edge.ts";
import { Guessing } from "../edge/guessing.ts";
import type { Hub } from "../realtime/hub.ts";

/** Lets in who shows the operator's token; guessing is counted per address like that of User IDs. */
export class AdminDoor {
  readonly #token: Buffer | null;
  readonly #edge: Pick<Edge, "addressOf">;
  readonly #guessing: Guessing;

  /** @param token undefined: nobody is let in */
  constructor(token: string | undefined, { edge, fleet }: Pick<Hub, "edge" | "fleet">) {
    this.#guessing = new Guessing("admin", fleet.counts);
    this.#token = token === undefined ? null : digest(token);
    this.#edge = edge;
  }

  /** @throws RequestError admin_off, invalid_admin_token, too_many_requests */
  async admit({ raw, headers }: FastifyRequest): Promise<void> {
    const expected = this.#token;
    if (expected === null) throw new RequestError("admin_off");
    const [scheme, given = ""] = (headers.authorization ?? "").split(" ");
    if (scheme?.toLowerCase() !== "bearer") throw new RequestError("invalid_admin_token");
    await this.#guessing.attempt(this.#edge.addressOf(raw), given, async () => {
      // Of equal length whatever was given, so the time says nothing.
      if (!timingSafeEqual(digest(given), expected)) throw new RequestError("invalid_admin_token");
    });
  }
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
