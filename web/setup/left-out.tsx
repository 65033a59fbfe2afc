import type { LeftOut } from "../../shared/protocol/viewer-events.ts";
import { useViewer } from "../stores/viewer.ts";
import { listText, plural } from "../words/counts.ts";

/** Files that no proposal covers, and why. */
export function LeftOutList({ left }: { readonly left: readonly LeftOut[] }) {
  const { setup } = useViewer();
  const files = left.reduce((total, one) => total + one.files, 0);
  if (files === 0) return null;
  return (
    <details class="left-out" open={left.length <= 3}>
      <summary>{plural(files, "file")} left out</summary>
      <ul>
        {left.map(({ reason, files: count, examples, pattern, sample }) => (
          <li key={reason + examples.join()}>
            {plural(count, "file")}: {reason}
            <br />
            <span class="mono quiet">
              {listText(examples)}
              {count > examples.length ? ", …" : ""}
            </span>
            {pattern !== null && sample !== null && (
              <button type="button" class="plain" onClick={() => void setup.describeTable(sample, pattern)}>
                Describe the columns
              </button>
            )}
          </li>
        ))}
      </ul>
    </details>
  );
}
