import { useState } from "preact/hooks";
import { MAX_SHARE_LABEL_LENGTH } from "../../shared/protocol/limits.ts";
import type { AccessRole } from "../../shared/protocol/share-link.ts";
import { useViewer } from "../stores/viewer.ts";

const DAY_S = 86_400;

/** How long a link may work; days are what people plan in. */
const LIVES: readonly (readonly [seconds: number | null, words: string])[] = [
  [DAY_S, "1 day"],
  [7 * DAY_S, "7 days"],
  [30 * DAY_S, "30 days"],
  [null, "until revoked"],
];

const ROLES: readonly (readonly [role: AccessRole, name: string, does: string])[] = [
  ["view", "Watch", "sees and exports everything, changes nothing"],
  ["control", "Control", "can also start, stop and share"],
];

/** What a new link allows, for whom, and for how long. */
export function NewLinkForm() {
  const { share } = useViewer();
  const [role, setRole] = useState<AccessRole>("view");
  const [label, setLabel] = useState("");
  const [life, setLife] = useState(1);
  const submit = (event: Event): void => {
    event.preventDefault();
    void share.make({ role, label, expires_in_s: LIVES[life]?.[0] ?? null });
  };
  return (
    <form class="share-form" onSubmit={submit}>
      <fieldset class="share-roles" aria-label="What the link allows">
        {ROLES.map(([value, name, does]) => (
          <label key={value}>
            <input type="radio" name="role" checked={role === value} onChange={() => setRole(value)} />
            <span>
              {name} <span class="quiet">{does}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <div class="share-fields">
        <label class="share-label">
          For
          <input
            class="wide"
            data-testid="share-label"
            value={label}
            maxLength={MAX_SHARE_LABEL_LENGTH}
            placeholder="group meeting"
            autocomplete="off"
            onInput={({ currentTarget }) => setLabel(currentTarget.value)}
          />
        </label>
        <label>
          Works
          <select value={life} onChange={({ currentTarget }) => setLife(Number(currentTarget.value))}>
            {LIVES.map(([seconds, words], index) => (
              <option key={words} value={index}>
                {seconds === null ? words : `for ${words}`}
              </option>
            ))}
          </select>
        </label>
        <button type="submit" class="primary" data-testid="share-make" disabled={share.making.value}>
          Make link
        </button>
      </div>
    </form>
  );
}
