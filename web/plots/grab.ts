type Move = (x: number) => void;

/**
 * Lets a hand take hold of what lies in a plot and move it.
 *
 * @param take what can be moved at a position (CSS px from the left), or null
 * @param toX a position as a value of the x axis
 */
export function listenForGrabs(
  over: HTMLElement,
  take: (position: number) => Move | null,
  toX: (position: number) => number,
): void {
  let held: Move | null = null;
  const positionOf = (event: PointerEvent): number => event.clientX - over.getBoundingClientRect().left;
  over.addEventListener("pointerdown", (event) => {
    held = take(positionOf(event));
    if (held === null) return;
    over.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  over.addEventListener("pointermove", (event) => {
    if (held !== null) held(toX(positionOf(event)));
    else over.style.cursor = take(positionOf(event)) === null ? "" : "ew-resize";
  });
  for (const end of ["pointerup", "pointercancel"] as const)
    over.addEventListener(end, () => {
      held = null;
    });
}
