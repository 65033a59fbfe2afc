import { afterAll, expect, test } from "vitest";
import { startAnalysis } from "../support/analysis-scene.ts";
import { hasRealData, readRealFile } from "../support/data.ts";
import { closeBrowser, openWindow } from "./window.ts";

afterAll(closeBrowser);

const FOLDER = "chi-swv-series-2electrode";
const NAME = (n: number) => `100uM_PYO_transfer_SWV_${n}.txt`;

/** The headers of these files say 2005; their scans are 9 s apart. */
async function startScene() {
  const scene = await startAnalysis({ pattern: "100uM_PYO_transfer_SWV_{n}.txt" });
  const send = (n: number, mtime_ms: number) =>
    scene.send(NAME(n), readRealFile(`${FOLDER}/${NAME(n)}`), mtime_ms);
  return { ...scene, sendAt: send };
}

test.runIf(hasRealData())(
  "six files of an instrument that is years off, copied at once, have their own times",
  async () => {
    const { hub, user_id, sendAt } = await startScene();
    const now = Date.now();
    for (let n = 1; n <= 6; n++) await sendAt(n, now + n);
    const { page, shows } = await openWindow();
    await page.goto(`${hub.url}/#${user_id}`);
    await shows(6);
    await page.getByText("Elapsed", { exact: true }).click();
    await page.locator(".readouts .scan-name").filter({ hasText: "Fri 9 Dec 2005 03:17:56" }).waitFor();
    // Some nA in a minute, not a milliard in an hour.
    const drift = page.getByTestId("drift").first();
    await drift.filter({ hasText: /^drift −?[\d.]{1,7}\s.A\/h$/ }).waitFor();
    await page
      .getByTestId("parameters")
      .getByText(/By the instrument's clock.*they are copies/)
      .waitFor();

    // A mark of now stands behind the last scan.
    await page.getByTestId("trend-plot").press("m");
    await page.keyboard.press("Escape");
    const label = page.getByTestId("mark-label").first();
    await label.waitFor();
    const [mark, plot] = [await label.boundingBox(), await page.getByTestId("trend-plot").boundingBox()];
    if (mark === null || plot === null) throw new Error("Mark and plot are in the picture.");
    expect(mark.x).toBeGreaterThan(plot.x + plot.width / 2);
    expect(mark.x).toBeLessThan(plot.x + plot.width);
    if (process.env.SHOTS) {
      await page.screenshot({ path: `${process.env.SHOTS}/clock-copied-desk.png` });
      await page.setViewportSize({ width: 390, height: 844 });
      await page.screenshot({ path: `${process.env.SHOTS}/clock-copied-phone.png` });
    }
  },
);

test.runIf(hasRealData())(
  "where the same files are written as they are measured, the PC tells the time of day",
  async () => {
    const { hub, user_id, sendAt } = await startScene();
    const seconds = [0, 9, 17, 26, 35, 43];
    const begin = new Date();
    begin.setHours(14, 2, 11, 0);
    for (const [index, after] of seconds.entries()) await sendAt(index + 1, begin.getTime() + 1000 * after);
    const { page, shows } = await openWindow();
    await page.goto(`${hub.url}/#${user_id}`);
    await shows(6);
    await page.getByText("Time", { exact: true }).click();
    await page.locator(".readouts .scan-name").filter({ hasText: "14:02:54" }).waitFor();
    await page
      .getByTestId("parameters")
      .getByText(/Its date is wrong: times of day are those of the PC/)
      .waitFor();
    if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/clock-live-desk.png` });
  },
);
