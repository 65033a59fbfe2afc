/** Escape closes what has the focus, and nothing else on the page. */
export function escapes(close: () => void) {
  return (event: KeyboardEvent): void => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    close();
  };
}
