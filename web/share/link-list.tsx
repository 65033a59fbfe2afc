import { useState } from "preact/hooks";
import type { ShareLink } from "../../shared/protocol/share-link.ts";
import { nowMs } from "../stores/clock.ts";
import { useViewer } from "../stores/viewer.ts";
import { endWords, roleWords } from "./link-words.ts";

/** The links that are open. */
export function LinkList() {
  const { share } = useViewer();
  const links = share.links.value;
  if (links === null) return null;
  return (
    <section aria-labelledby="share-links-title">
      <h2 id="share-links-title">Open links</h2>
      {links.length === 0 && <p class="quiet">None.</p>}
      <ul class="share-links" data-testid="share-links">
        {links.map((link) => (
          <LinkItem key={link.link_id} link={link} />
        ))}
      </ul>
    </section>
  );
}

function LinkItem({ link }: { readonly link: ShareLink }) {
  const { clock } = useViewer();
  const end = link.expires_at_ms === null ? null : clock.toLocalMs(link.expires_at_ms);
  return (
    <li>
      <span class="share-link-name">{link.label === "" ? "without a name" : link.label}</span>
      <span class="quiet">
        {roleWords(link.role)} · {endWords(end, nowMs.value)}
      </span>
      <RevokeControl link={link} />
    </li>
  );
}

/** Revokes only after a second click: it ends what others are looking at. */
function RevokeControl({ link }: { readonly link: ShareLink }) {
  const { share } = useViewer();
  const [asking, setAsking] = useState(false);
  if (!asking) {
    return (
      <button
        type="button"
        class="plain"
        aria-label={`Revoke ${link.label}`}
        data-testid="revoke"
        onClick={() => setAsking(true)}
      >
        Revoke
      </button>
    );
  }
  return (
    <fieldset class="row" aria-label="Revoke this link">
      <button
        type="button"
        class="danger"
        data-testid="revoke-confirm"
        title="Whoever uses it is disconnected at once"
        onClick={() => void share.revoke(link.link_id)}
      >
        Revoke for everyone
      </button>
      <button type="button" class="plain" onClick={() => setAsking(false)}>
        Keep
      </button>
    </fieldset>
  );
}
