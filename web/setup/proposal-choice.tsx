import type { Proposal } from "../../shared/protocol/viewer-events.ts";
import { proposalKey } from "../stores/setup.ts";
import { useViewer } from "../stores/viewer.ts";

/** All proposals: one is shown, and others can start with it. */
export function ProposalChoice({ proposals }: { readonly proposals: readonly Proposal[] }) {
  const { setup } = useViewer();
  return (
    <fieldset class="proposal-choice" aria-label="What to analyse">
      {proposals.map((proposal, index) => {
        const key = proposalKey(proposal);
        const isShown = setup.chosen.value === index;
        return (
          <div class="proposal-row" key={key}>
            <input
              type="checkbox"
              aria-label={`Start ${proposal.summary}`}
              title="Start together"
              data-testid="pick"
              checked={proposal.running === null && (isShown || setup.picked.value.has(key))}
              disabled={isShown || proposal.running !== null}
              onChange={({ currentTarget }) => setup.pick(proposal, currentTarget.checked)}
            />
            <button
              type="button"
              aria-pressed={isShown}
              class="proposal-option"
              onClick={() => setup.choose(index)}
            >
              <span>{proposal.summary}</span>
              <span class="mono quiet">
                {proposal.filters.pattern}
                {proposal.running === null ? "" : " · running"}
              </span>
            </button>
          </div>
        );
      })}
    </fieldset>
  );
}
