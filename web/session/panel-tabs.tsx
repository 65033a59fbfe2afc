import type { Panel } from "../stores/view.ts";
import { useViewer } from "../stores/viewer.ts";

const PANELS: readonly { readonly panel: Panel; readonly title: string }[] = [
  { panel: "trend", title: "Trend" },
  { panel: "scan", title: "Scan" },
  { panel: "session", title: "Session" },
];

/** On a phone one panel is shown at a time; wide screens show all and no tabs. */
export function PanelTabs() {
  const { view } = useViewer();
  const move = (by: number): void => {
    const at = PANELS.findIndex(({ panel }) => panel === view.panel.value);
    view.panel.value = PANELS[(at + by + PANELS.length) % PANELS.length]?.panel ?? "trend";
    document.getElementById(`tab-${view.panel.value}`)?.focus();
  };
  return (
    <div
      class="panel-tabs"
      role="tablist"
      aria-label="What to show"
      onKeyDown={({ key }) => {
        if (key === "ArrowRight") move(1);
        if (key === "ArrowLeft") move(-1);
      }}
    >
      {PANELS.map(({ panel, title }) => (
        <button
          type="button"
          role="tab"
          key={panel}
          id={`tab-${panel}`}
          aria-controls={`panel-${panel}`}
          aria-selected={view.panel.value === panel}
          tabIndex={view.panel.value === panel ? 0 : -1}
          onClick={() => {
            view.panel.value = panel;
          }}
        >
          {title}
        </button>
      ))}
    </div>
  );
}
