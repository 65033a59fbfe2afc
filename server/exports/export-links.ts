import { createHmac, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import { RequestError } from "../../shared/protocol/errors.ts";
import { ExportFormat } from "../../shared/protocol/export-format.ts";
import { ExportQuery, type ExportReply } from "../../shared/protocol/export-request.ts";
import { LinkId } from "../../shared/protocol/share-link.ts";
import type { Access } from "../access/access.ts";
import { endOf } from "../access/link-book.ts";
import type { ShareLinks } from "../access/share-links.ts";
import type { UserTag } from "../sessions/user-tag.ts";
import type { Store } from "../store/port.ts";
import type { ExportScope } from "./export-scope.ts";
import { downloadName } from "./formats.ts";

/** A download link works for this long: enough to click, too short to be passed around. */
const LINK_LIFE_MS = 10 * 60 * 1000;
const SECRETS = "secrets";
const SECRET_KEY = "export-links";

/** What a download link says: the hashed User ID, never the ID itself, for viewers who do not know it read it too. */
const Ticket = z.object({
  tag: z.string(),
  /** The share link that it was made through: the download ends with it. */
  link: LinkId.nullable().default(null),
  session_id: z.string(),
  format: ExportFormat,
  /** The very stretch of the log, so that the link gives the same file whenever it is used. */
  query: ExportQuery,
  expires_at_ms: z.number(),
});
export type Ticket = z.infer<typeof Ticket>;

interface ExportLinkDependencies {
  readonly store: Store;
  readonly shareLinks: ShareLinks;
  readonly now: () => number;
  /** Unguessable, at least 128 bits. */
  readonly newSecret: () => string;
}

/** Short-lived download links: signed, so that any hub on the same store can serve them and none must remember them. */
export class ExportLinks {
  readonly #store: Store;
  #secret: string;
  readonly #shareLinks: ShareLinks;
  readonly #now: () => number;

  private constructor(secret: string, { store, shareLinks, now }: ExportLinkDependencies) {
    this.#store = store;
    this.#secret = secret;
    this.#shareLinks = shareLinks;
    this.#now = now;
  }

  /** The signing secret is made once per store and shared by all hubs on it. */
  static async open(dependencies: ExportLinkDependencies): Promise<ExportLinks> {
    const { store, newSecret } = dependencies;
    for (;;) {
      const known = await store.getRecord(SECRETS, SECRET_KEY);
      if (known !== null) return new ExportLinks(known, dependencies);
      await store.compareAndSet([
        { collection: SECRETS, key: SECRET_KEY, expected: null, next: newSecret() },
      ]);
    }
  }

  /** After the store lost it: the first hub writes its secret again, so links that were made go on working. */
  async restore(): Promise<void> {
    await this.#store.compareAndSet([
      { collection: SECRETS, key: SECRET_KEY, expected: null, next: this.#secret },
    ]);
    this.#secret = (await this.#store.getRecord(SECRETS, SECRET_KEY)) ?? this.#secret;
  }

  make({ link, ...access }: Access, scope: ExportScope, format: ExportFormat): ExportReply {
    const { range, session, electrode } = scope;
    const { tag, session_id, epoch, since, end, version } = range;
    const expires_at_ms = Math.min(
      this.#now() + LINK_LIFE_MS,
      access.expires_at_ms ?? Number.POSITIVE_INFINITY,
    );
    const query = { since, until: end, epoch, version, ...(electrode !== null && { electrode }) };
    const said: Ticket = { tag, link, session_id, format, query, expires_at_ms };
    const ticket = Buffer.from(JSON.stringify(said)).toString("base64url");
    return {
      path: `/api/exports/${ticket}.${this.#sign(ticket)}`,
      filename: downloadName(session.label, format),
      expires_at_ms,
      session_id,
      epoch,
      since,
      end,
    };
  }

  /** @throws RequestError not_found for a link that this store never made, link_expired also when its share link is over */
  async read(link: string): Promise<Ticket & { readonly tag: UserTag }> {
    const [ticket = "", signature = ""] = link.split(".");
    const expected = Buffer.from(this.#sign(ticket));
    const given = Buffer.from(signature);
    if (given.length !== expected.length || !timingSafeEqual(given, expected))
      throw new RequestError("not_found");
    const read = Ticket.parse(JSON.parse(Buffer.from(ticket, "base64url").toString("utf8")));
    const tag = read.tag as UserTag; // signed by a hub on this store when it was one
    const now = this.#now();
    if (read.expires_at_ms < now || (await this.#shareLinkIsOver({ ...read, tag }, now)))
      throw new RequestError("link_expired");
    return { ...read, tag };
  }

  async #shareLinkIsOver({ tag, link }: Pick<Access, "tag" | "link">, now: number): Promise<boolean> {
    if (link === null) return false;
    return endOf(await this.#shareLinks.book(tag), { link, expires_at_ms: null }, now) !== null;
  }

  #sign(ticket: string): string {
    return createHmac("sha256", this.#secret).update(ticket).digest("base64url");
  }
}
