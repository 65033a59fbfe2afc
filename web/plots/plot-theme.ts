/** Colours and fonts of every plot, read from the tokens of the page. */
export interface PlotTheme {
  readonly surface: string;
  readonly ink: string;
  readonly muted: string;
  readonly axis: string;
  readonly grid: string;
  readonly stale: string;
  readonly band: string;
  readonly font: string;
  readonly labelFont: string;
}

/** As the page stands now; read again when the theme changes. */
export function plotTheme(): PlotTheme {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string): string => style.getPropertyValue(name).trim();
  const family = token("--sans");
  return {
    surface: token("--surface"),
    ink: token("--ink"),
    muted: token("--muted"),
    axis: token("--axis"),
    grid: token("--grid"),
    stale: token("--stale"),
    band: token("--band"),
    font: `12px ${family}`,
    labelFont: `12px ${family}`,
  };
}
