import type { Browser, Page } from "playwright-core";
import { expect, onTestFinished } from "vitest";
import { openBrowser } from "../support/browser.ts";

/** One browser window on a hub, with every frame and reply that it received. */
export interface ViewerWindow {
  readonly page: Page;
  /** Everything that came over the network since the window opened, text and binary, joined. */
  received(): Buffer;
  /** Waits until the trend shows the log up to `head`. */
  shows(head: number): Promise<void>;
  /** The words of the state line. */
  state(): Promise<string>;
}

let browser: Browser | undefined;

/** One browser for all windows of a test file; each window is a profile of its own. */
export async function openWindow(): Promise<ViewerWindow> {
  browser ??= await openBrowser();
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, acceptDownloads: true });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const chunks: Buffer[] = [];
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error" && !isNetworkTrouble(message.text())) errors.push(message.text());
  });
  // Violations that a script catches reach no console in every browser.
  await page.exposeFunction("tellViolation", (what: string) => void errors.push(what));
  await page.addInitScript(
    `document.addEventListener("securitypolicyviolation", (event) =>
       tellViolation("CSP: " + event.violatedDirective + " " + event.blockedURI + " " + event.sample));`,
  );
  page.on("websocket", (socket) =>
    socket.on("framereceived", ({ payload }) => void chunks.push(Buffer.from(payload))),
  );
  page.on("response", (response) => {
    // A download has no body to read here; exports are searched as files.
    void response.body().then(
      (body) => chunks.push(body),
      () => undefined,
    );
  });
  onTestFinished(() => expect(errors).toEqual([]));
  return {
    page,
    received: () => Buffer.concat(chunks),
    shows: (head) =>
      page
        .locator(`[data-testid="trend-plot"][data-next="${head}"]`)
        .waitFor({ state: "attached", timeout: 30_000 }),
    state: async () => (await page.getByTestId("state-line").innerText()).replace(/\s+/g, " "),
  };
}

/** What the browser itself says when a hub is away or refuses: tests bring that about on purpose. */
function isNetworkTrouble(text: string): boolean {
  return /Failed to load resource|WebSocket connection to|net::ERR_|blocked by CORS policy/.test(text);
}

export async function closeBrowser(): Promise<void> {
  await browser?.close();
  browser = undefined;
}
