import { useEffect, useRef, useState } from "preact/hooks";
import { useViewer } from "../stores/viewer.ts";
import type { MadeLink } from "./share-store.ts";

/** The link that was just made, to be copied now: it is shown this once. */
export function MadeLinkView({ made }: { readonly made: MadeLink }) {
  const { share } = useViewer();
  const field = useRef<HTMLInputElement>(null);
  const [said, setSaid] = useState("");
  useEffect(() => field.current?.select(), []);
  const copy = async (): Promise<void> => {
    field.current?.select();
    try {
      // Browsers give the clipboard to pages on https and on this computer alone.
      await navigator.clipboard.writeText(made.address);
      setSaid("Copied.");
    } catch {
      setSaid("This browser does not let the page copy. The link is selected: copy it with your keys.");
    }
  };
  return (
    <div class="share-made">
      <p>
        <strong>The link {made.link.role === "view" ? "to watch" : "with control"} is ready.</strong> Copy it
        now; it is shown only this once.
      </p>
      <div class="row">
        <input
          ref={field}
          class="wide mono"
          data-testid="share-address"
          readOnly
          value={made.address}
          aria-label="Link"
          onFocus={({ currentTarget }) => currentTarget.select()}
        />
        <button type="button" class="primary" onClick={() => void copy()}>
          Copy
        </button>
      </div>
      <p class="quiet" role="status">
        {said}
      </p>
      <button
        type="button"
        class="plain"
        onClick={() => {
          share.made.value = null;
        }}
      >
        Make another
      </button>
    </div>
  );
}
