import { createHmac, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import { RequestError } from "../../shared/protocol/errors.ts";
import type { ExportReply } from "../../shared/protocol/viewer-events.ts";
import type { SessionRecord } from "../sessions/session-book.ts";
import type { UserTag } from "../sessions/user-tag.ts";
import type { Store } from "../store/port.ts";

/** A download link works for this long: enough to click, too short to be passed around. */
const LINK_LIFE_MS = 10 * 60 * 1000;
const SECRETS = "secrets";
const SECRET_KEY = "export-links";

const Ticket = z.object({
  tag: z.string(),
  session_id: z.string(),
  format: z.enum(["csv"]),
  expires_at_ms: z.number(),
});
export type Ticket = z.infer<typeof Ticket>;

/** Short-lived download links: signed, so that any hub on the same store can serve them and none must remember them. */
export class ExportLinks {
  readonly #secret: string;
  readonly #now: () => number;

  private constructor(secret: string, now: () => number) {
    this.#secret = secret;
    this.#now = now;
  }

  /** The signing secret is made once per store and shared by all hubs on it. */
  static async open(store: Store, now: () => number, newSecret: () => string): Promise<ExportLinks> {
    for (;;) {
      const known = await store.getRecord(SECRETS, SECRET_KEY);
      if (known !== null) return new ExportLinks(known, now);
      await store.compareAndSet([
        { collection: SECRETS, key: SECRET_KEY, expected: null, next: newSecret() },
      ]);
    }
  }

  make(tag: UserTag, { session_id, label }: SessionRecord, format: Ticket["format"]): ExportReply {
    const expires_at_ms = this.#now() + LINK_LIFE_MS;
    const ticket = Buffer.from(JSON.stringify({ tag, session_id, format, expires_at_ms })).toString(
      "base64url",
    );
    return {
      path: `/api/exports/${ticket}.${this.#sign(ticket)}`,
      filename: downloadName(label, format),
      expires_at_ms,
    };
  }

  /** @throws RequestError not_found for a link that this store never made, link_expired */
  read(link: string): Ticket {
    const [ticket = "", signature = ""] = link.split(".");
    const expected = Buffer.from(this.#sign(ticket));
    const given = Buffer.from(signature);
    if (given.length !== expected.length || !timingSafeEqual(given, expected))
      throw new RequestError("not_found");
    const read = Ticket.parse(JSON.parse(Buffer.from(ticket, "base64url").toString("utf8")));
    if (read.expires_at_ms < this.#now()) throw new RequestError("link_expired");
    return read;
  }

  #sign(ticket: string): string {
    return createHmac("sha256", this.#secret).update(ticket).digest("base64url");
  }
}

/** A file name that every system takes, from a session's label. */
export function downloadName(label: string, extension: string): string {
  const stem = label
    .replace(/[^A-Za-z0-9._-]+/g, "_")
    .replace(/^[._]+|[._]+$/g, "")
    .slice(0, 80);
  return `benchcast-${stem === "" ? "session" : stem}.${extension}`;
}
