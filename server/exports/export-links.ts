import { createHmac, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import { RequestError } from "../../shared/protocol/errors.ts";
import { ExportFormat } from "../../shared/protocol/export-format.ts";
import { ExportQuery, type ReadyExport } from "../../shared/protocol/export-request.ts";
import { LinkId } from "../../shared/protocol/share-link.ts";
import { TaskId, type TaskResult } from "../../shared/protocol/task.ts";
import { type Access, isExpired } from "../access/access.ts";
import type { StoredLink } from "../access/link-book.ts";
import type { ShareLinks } from "../access/share-links.ts";
import type { UserTag } from "../sessions/user-tag.ts";
import type { Store } from "../store/port.ts";
import { type ExportScope, queryOf } from "./export-scope.ts";
import { downloadName } from "./formats.ts";
import { MADE_KEPT_MS } from "./made-exports.ts";

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
  /** The task that has made it into a file; null where it is made while it is read. */
  task_id: TaskId.nullable().default(null),
  expires_at_ms: z.number(),
});
export type Ticket = z.infer<typeof Ticket>;

export interface ReadTicket extends Ticket {
  /** What its share link allows now, or the User ID. */
  readonly access: Access;
}

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

  make(access: Access, scope: ExportScope, format: ExportFormat): ReadyExport {
    const { session_id, epoch, since, end } = scope.range;
    const expires_at_ms = this.#endsAt(LINK_LIFE_MS, access.expires_at_ms);
    const link = this.#linkTo(scope, format, { link: access.link, task_id: null, expires_at_ms });
    return { ...link, session_id, epoch, since, end };
  }

  /** A link to the file that a task has made, for as long as it is kept. It ends with the share link, too. */
  async ofFile(
    { tag, link }: { readonly tag: UserTag; readonly link: string | null },
    scope: ExportScope,
    format: ExportFormat,
    task_id: TaskId,
  ): Promise<TaskResult> {
    const share = link === null ? null : await this.#shareLink(tag, link);
    const expires_at_ms = this.#endsAt(MADE_KEPT_MS, share?.expires_at_ms ?? null);
    return this.#linkTo(scope, format, { link, task_id, expires_at_ms });
  }

  /** @throws RequestError not_found for a link that this store never made, link_expired also when its share link is over */
  async read(link: string): Promise<ReadTicket> {
    const [ticket = "", signature = ""] = link.split(".");
    const expected = Buffer.from(this.#sign(ticket));
    const given = Buffer.from(signature);
    if (given.length !== expected.length || !timingSafeEqual(given, expected))
      throw new RequestError("not_found");
    const read = Ticket.parse(JSON.parse(Buffer.from(ticket, "base64url").toString("utf8")));
    const tag = read.tag as UserTag; // signed by a hub on this store when it was one
    const now = this.#now();
    if (read.expires_at_ms < now) throw new RequestError("link_expired");
    const share = read.link === null ? null : await this.#shareLink(tag, read.link);
    if (share === undefined || (share !== null && isExpired(share, now)))
      throw new RequestError("link_expired");
    const access: Access = {
      tag,
      role: "view",
      link: read.link,
      expires_at_ms: share?.expires_at_ms ?? null,
    };
    return { ...read, access };
  }

  #linkTo(
    scope: ExportScope,
    format: ExportFormat,
    said: Pick<Ticket, "link" | "task_id" | "expires_at_ms">,
  ): TaskResult {
    const { tag, session_id } = scope.range;
    const full: Ticket = { tag, session_id, format, query: queryOf(scope), ...said };
    const ticket = Buffer.from(JSON.stringify(full)).toString("base64url");
    return {
      path: `/api/exports/${ticket}.${this.#sign(ticket)}`,
      filename: downloadName(scope.session.label, format),
      expires_at_ms: said.expires_at_ms,
    };
  }

  #endsAt(life_ms: number, share_ends_ms: number | null): number {
    return Math.min(this.#now() + life_ms, share_ends_ms ?? Number.POSITIVE_INFINITY);
  }

  async #shareLink(tag: UserTag, link: string): Promise<StoredLink | undefined> {
    return (await this.#shareLinks.book(tag)).find(({ link_id }) => link_id === link);
  }

  #sign(ticket: string): string {
    return createHmac("sha256", this.#secret).update(ticket).digest("base64url");
  }
}
