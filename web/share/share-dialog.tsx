import { useSignalEffect } from "@preact/signals";
import { useRef } from "preact/hooks";
import { useViewer } from "../stores/viewer.ts";
import { LinkList } from "./link-list.tsx";
import { MadeLinkView } from "./made-link-view.tsx";
import { NewLinkForm } from "./new-link-form.tsx";

/** Opens the dialog; only for who may share. */
export function ShareButton() {
  const { share, mayControl } = useViewer();
  if (!mayControl.value) return null;
  return (
    <button type="button" data-testid="share" onClick={() => share.show()}>
      Share
    </button>
  );
}

/** Links for others: one form, the link just made, and those that are open. */
export function ShareDialog() {
  const { share } = useViewer();
  const dialog = useRef<HTMLDialogElement>(null);
  useSignalEffect(() => {
    if (share.open.value && dialog.current?.open === false) dialog.current.showModal();
    if (!share.open.value && dialog.current?.open === true) dialog.current.close();
  });
  return (
    <dialog ref={dialog} class="share" aria-labelledby="share-title" onClose={() => share.close()}>
      <h2 id="share-title">Share this agent</h2>
      {share.open.value && (
        <>
          <p class="quiet">
            Whoever opens a link sees all sessions of this agent, now and later. The User ID stays with you.
          </p>
          {share.made.value === null ? <NewLinkForm /> : <MadeLinkView made={share.made.value} />}
          {share.problem.value !== null && (
            <p class="problem" role="alert">
              {share.problem.value}
            </p>
          )}
          <LinkList />
        </>
      )}
      <div class="row share-end">
        <button type="button" data-testid="share-close" onClick={() => share.close()}>
          Close
        </button>
      </div>
    </dialog>
  );
}
