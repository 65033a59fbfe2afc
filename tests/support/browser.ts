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

/** A real, headless browser. The caller closes it. */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: chromiumPath(), args: ARGUMENTS, headless: true });
}
