import { effect, untracked } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { shownTheme } from "../stores/theme.ts";
import { Figure, type FigurePlan } from "./figure.ts";

/**
 * Keeps a figure in an element: made anew when the theme changes, drawn again when a signal that `watch` reads
 * moves. `watchOver` reads what only lies over the data.
 *
 * @returns where to hang it
 */
export function useFigure(makePlan: () => FigurePlan, watch: () => void, watchOver: () => void = watch) {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = host.current;
    if (element === null) return;
    let figure: Figure | null = null;
    const stopTheme = effect(() => {
      shownTheme.value;
      // What a plan reads while it is drawn is no reason to make the figure anew.
      untracked(() => {
        figure?.destroy();
        figure = new Figure(element, makePlan());
      });
    });
    const stopData = effect(() => {
      watch();
      figure?.draw();
    });
    const stopOver = effect(() => {
      watchOver();
      figure?.drawOver();
    });
    return () => {
      stopOver();
      stopData();
      stopTheme();
      figure?.destroy();
    };
  }, []);
  return host;
}
