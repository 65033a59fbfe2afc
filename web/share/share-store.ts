import { signal } from "@preact/signals";
import { type ShareLink, type ShareLinkWish, shareFragment } from "../../shared/protocol/share-link.ts";
import type { HubLink } from "../connection/hub-link.ts";
import { pageAddress } from "./credential.ts";

/** A link that was just made. Its address is known only here and only now. */
export interface MadeLink {
  readonly link: ShareLink;
  readonly address: string;
}

/** Share links of the joined agent: making, showing once, listing, revoking. */
export class ShareStore {
  readonly open = signal(false);
  /** Null until the hub has told. */
  readonly links = signal<readonly ShareLink[] | null>(null);
  readonly made = signal<MadeLink | null>(null);
  readonly making = signal(false);
  readonly problem = signal<string | null>(null);
  private readonly link: HubLink;
  private readonly page: Location;
  private readonly userId: () => string | null;

  constructor(link: HubLink, page: Location, userId: () => string | null) {
    this.link = link;
    this.page = page;
    this.userId = userId;
  }

  show(): void {
    this.made.value = null;
    this.problem.value = null;
    this.links.value = null;
    this.open.value = true;
    void this.list();
  }

  close(): void {
    this.open.value = false;
    this.made.value = null;
  }

  async make(wish: ShareLinkWish): Promise<void> {
    if (this.making.value) return;
    this.making.value = true;
    const outcome = await this.link.request("create_share_link", { user_id: this.userId() ?? "", ...wish });
    this.making.value = false;
    this.problem.value = outcome.ok ? null : outcome.error.message;
    if (!outcome.ok) return;
    const { link, token } = outcome.value;
    this.made.value = { link, address: pageAddress(this.page, shareFragment(token)) };
    await this.list();
  }

  async revoke(link_id: string): Promise<void> {
    const outcome = await this.link.request("revoke_share_link", { user_id: this.userId() ?? "", link_id });
    // One that is gone already is what was wanted.
    this.problem.value = outcome.ok || outcome.error.code === "not_found" ? null : outcome.error.message;
    if (this.made.value?.link.link_id === link_id) this.made.value = null;
    await this.list();
  }

  private async list(): Promise<void> {
    const outcome = await this.link.request("list_share_links", { user_id: this.userId() ?? "" });
    if (outcome.ok) this.links.value = outcome.value.links;
    else this.problem.value = outcome.error.message;
  }
}
