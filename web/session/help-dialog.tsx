import { signal, useSignalEffect } from "@preact/signals";
import { useRef } from "preact/hooks";

/** Whether the help is open. */
export const helpOpen = signal(false);

const KEYS: readonly (readonly [keys: readonly string[], does: string])[] = [
  [["←", "→"], "previous, next scan (with Shift: ten)"],
  [["Home", "End"], "first, last scan"],
  [["L", "Esc"], "follow the latest scan again"],
  [["+", "−"], "zoom in, out"],
  [["0"], "the whole run"],
  [["M"], "mark an injection now, or at the scan under the cursor (with Shift: a remark)"],
  [["X"], "exclude the scan in view, or count it again"],
  [["Z"], "undo the last mark, exclusion or change of settings"],
  [["S"], "trend settings"],
  [["K"], "calibration"],
  [["E"], "export"],
  [["T"], "plot or table"],
  [["?"], "this help"],
];

const HANDS: readonly (readonly [hand: string, does: string])[] = [
  ["Wheel", "zoom along the axis"],
  ["Drag a box", "zoom into it"],
  ["Double click", "the whole run"],
  ["Click", "keep this scan in view"],
  ["Alt or Shift and click", "on a trace: show it alone"],
];

export function HelpButton() {
  return (
    <button
      type="button"
      class="icon-button"
      aria-label="Help"
      title="Keys and gestures (?)"
      onClick={() => {
        helpOpen.value = true;
      }}
    >
      ?
    </button>
  );
}

/** Keys and gestures, and what the marks in the plots mean. */
export function HelpDialog() {
  const dialog = useRef<HTMLDialogElement>(null);
  useSignalEffect(() => {
    if (helpOpen.value && dialog.current?.open === false) dialog.current.showModal();
    if (!helpOpen.value && dialog.current?.open === true) dialog.current.close();
  });
  return (
    <dialog
      ref={dialog}
      class="help"
      aria-labelledby="help-title"
      onClose={() => {
        helpOpen.value = false;
      }}
    >
      <h2 id="help-title">Keys and gestures</h2>
      <dl class="help-list">
        {KEYS.map(([keys, does]) => (
          <div key={does}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
        {HANDS.map(([hand, does]) => (
          <div key={hand}>
            <dt>{hand}</dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <h2>Marks</h2>
      <dl class="help-list">
        <div>
          <dt>Short stroke on the axis</dt>
          <dd>a scan without a peak; the line has a gap there</dd>
        </div>
        <div>
          <dt>Cross above the axis</dt>
          <dd>a file that could not be analysed</dd>
        </div>
        <div>
          <dt>Struck stroke on the axis</dt>
          <dd>a scan that was excluded; the reason is under Marks</dd>
        </div>
        <div>
          <dt>Vertical with a label</dt>
          <dd>an injection or a remark</dd>
        </div>
        <div>
          <dt>Hatching on the axis</dt>
          <dd>from here on no data came in</dd>
        </div>
      </dl>
      <form method="dialog">
        <button type="submit" class="primary">
          Close
        </button>
      </form>
    </dialog>
  );
}
