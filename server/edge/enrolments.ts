import { createHash, timingSafeEqual } from "node:crypto";
import { RequestError } from "../../shared/protocol/errors.ts";

/** One lab that may bring agents: its name stands in the log, its token is the secret. */
export interface Enrolment {
  readonly name: string;
  readonly token: string;
  /** Turns that its agents have where others have one. */
  readonly weight: number;
}

/** How an agent is enrolled, once it has shown its token. */
export type Enrolled = Pick<Enrolment, "name" | "weight">;

/** `name:token[:weight]`: a token is long enough not to be guessed, and made of characters that no shell changes. */
const ENTRY = /^([\w.-]{1,40}):([\w-]{16,200})(?::([1-9]|1[0-6]))?$/;

/** Reads one entry of AGENT_TOKENS; null for anything else. */
export function readEnrolment(entry: string): Enrolment | null {
  const [, name, token, weight = "1"] = ENTRY.exec(entry) ?? [];
  return name === undefined || token === undefined ? null : { name, token, weight: Number(weight) };
}

/** Which agents this hub takes: all, unless its operator has handed out tokens. */
export class Enrolments {
  readonly #known: readonly (Enrolled & { readonly digest: Buffer })[];

  constructor(enrolments: readonly Enrolment[]) {
    this.#known = enrolments.map(({ token, ...who }) => ({ ...who, digest: digestOf(token) }));
  }

  /** No tokens were handed out: every agent is taken. */
  get open(): boolean {
    return this.#known.length === 0;
  }

  /** @returns how the agent is enrolled. @throws RequestError invalid_enrolment */
  check(token: string): Enrolled {
    const digest = digestOf(token);
    // Hashes have one length, and all are compared: the time says nothing of how near a guess came.
    const [found] = this.#known.filter((known) => timingSafeEqual(known.digest, digest));
    if (found === undefined) throw new RequestError("invalid_enrolment");
    return { name: found.name, weight: found.weight };
  }
}

function digestOf(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}
