import { useSignalEffect } from "@preact/signals";
import { useRef } from "preact/hooks";
import type { Panel } from "../stores/view.ts";
import { useViewer } from "../stores/viewer.ts";

/**
 * Keeps tabs and swiping together: a chosen tab scrolls its panel into view, a swipe chooses the tab. On wide
 * screens nothing scrolls and nothing happens.
 */
export function useSwipe() {
  const { view } = useViewer();
  const panels = useRef<HTMLElement>(null);

  useSignalEffect(() => {
    const panel = document.getElementById(`panel-${view.panel.value}`);
    const host = panels.current;
    if (panel === null || host === null || host.scrollWidth <= host.clientWidth) return;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    host.scrollTo({ left: panel.offsetLeft - host.offsetLeft, behavior: calm ? "instant" : "smooth" });
  });

  const settled = (): void => {
    const host = panels.current;
    if (host === null || host.scrollWidth <= host.clientWidth) return;
    const nearest = [...host.children].find((child) => {
      const left = (child as HTMLElement).offsetLeft - host.offsetLeft; // sections of this page
      return Math.abs(left - host.scrollLeft) < host.clientWidth / 2;
    });
    const name = nearest?.id.replace("panel-", "");
    if (name === "trend" || name === "scan" || name === "session") view.panel.value = name satisfies Panel;
  };
  return { panels, settled };
}
