import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";
import { chromiumPath } from "./bring-tools.ts";

/** No sandbox: tests run as root on bare machines. The rest keeps the browser from calling home. */
const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

const PAGE = new URL("../../dist/web/index.html", import.meta.url);

/** A real, headless browser. The caller closes it. */
export async function openBrowser(): Promise<Browser> {
  if (!existsSync(PAGE)) throw new Error("The viewer's page is not built yet. Run: npm run build");
  return chromium.launch({ executablePath: chromiumPath(), args: ARGUMENTS, headless: true });
}
