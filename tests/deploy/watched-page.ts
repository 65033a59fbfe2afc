import type { Page } from "playwright-core";

/** What one page said of itself, and what was true of its connection, in order. Times in ms since 1970. */
interface PageHistory {
  /** Kinds of the state line (`live`, `lost`, …), each from when on. */
  readonly said: readonly { readonly atMs: number; readonly kind: string; readonly word: string }[];
  /** WebSockets that were open, each from when on (+1) and until when (−1). */
  readonly sockets: readonly { readonly atMs: number; readonly change: number }[];
  /** How often the page was loaded. */
  readonly loads: number;
}

/** Kinds of the state line that claim a connection. */
const CONNECTED = new Set(["live", "quiet", "waiting", "catching-up", "ready"]);
/** A page may take so long to notice, and to say, what has changed. */
const NOTICED_WITHIN_MS = 2_000;

/** Runs in the page, before anything of its own. */
const RECORDER = `
(() => {
  const history = { said: [], sockets: [] };
  window.benchcastHistory = history;
  sessionStorage.loads = String(Number(sessionStorage.loads ?? 0) + 1);
  window.WebSocket = class extends WebSocket {
    constructor(...words) {
      super(...words);
      const note = (change) => () => history.sockets.push({ atMs: Date.now(), change });
      this.addEventListener("open", note(1));
      this.addEventListener("open", () => this.addEventListener("close", note(-1)));
    }
  };
  const look = () => {
    const line = document.querySelector('[data-testid="state-line"]');
    if (line === null) return;
    const kind = line.dataset.state ?? "";
    const word = line.querySelector(".state-word")?.textContent ?? "";
    const last = history.said.at(-1);
    if (last?.kind !== kind || last.word !== word) history.said.push({ atMs: Date.now(), kind, word });
  };
  const options = { subtree: true, childList: true, attributes: true, characterData: true };
  new MutationObserver(look).observe(document, options);
})();
`;

/** Call before the page is opened. */
export async function recordPage(page: Page): Promise<void> {
  await page.addInitScript(RECORDER);
}

export async function pageHistory(page: Page): Promise<PageHistory> {
  const text = await page.evaluate(
    "JSON.stringify({...benchcastHistory, loads: Number(sessionStorage.loads)})",
  );
  return JSON.parse(String(text)) as PageHistory; // as RECORDER writes it
}

/** [I6] Every stretch in which the state line claimed what was not so for longer than a page needs to notice. */
export function untruths({ said, sockets }: PageHistory, untilMs: number): string[] {
  return said.flatMap(({ kind, word, atMs }, index) => {
    const toMs = said[index + 1]?.atMs ?? untilMs;
    if (CONNECTED.has(kind)) {
      const alone_ms = longest(sockets, (open) => open === 0, atMs, toMs);
      return alone_ms > NOTICED_WITHIN_MS ? [`said “${word}” ${alone_ms} ms without a connection`] : [];
    }
    if (kind !== "lost") return [];
    const open_ms = longest(sockets, (open) => open > 0, atMs, toMs);
    return open_ms > NOTICED_WITHIN_MS ? [`said “${word}” ${open_ms} ms with a connection`] : [];
  });
}

/** The longest time between two moments for which as many sockets were open as `holds` says, ms. */
function longest(
  sockets: PageHistory["sockets"],
  holds: (open: number) => boolean,
  fromMs: number,
  toMs: number,
): number {
  const changes = [{ atMs: 0, change: 0 }, ...sockets];
  let open = 0;
  let most = 0;
  for (const [index, { atMs, change }] of changes.entries()) {
    open += change;
    const endMs = Math.min(toMs, changes[index + 1]?.atMs ?? toMs);
    if (holds(open)) most = Math.max(most, endMs - Math.max(fromMs, atMs));
  }
  return most;
}
