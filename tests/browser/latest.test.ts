import { afterAll, expect, test } from "vitest";
import { startAnalysis } from "../support/analysis-scene.ts";
import { simulatedFile } from "../support/fixtures.ts";
import { closeBrowser, openWindow } from "./window.ts";

afterAll(closeBrowser);

test("files that arrive out of order: name, values and panel are those of the newest measurement", async () => {
  const { hub, user_id, send } = await startAnalysis({ pattern: "swv_{n}.txt" });
  const { page, shows } = await openWindow();
  await page.goto(`${hub.url}/#${user_id}`);
  for (const n of [1, 2, 5, 3, 4]) await send(`swv_${n}.txt`, simulatedFile(n));
  await shows(5);
  const name = page.locator(".readouts .scan-name");
  await name.filter({ hasText: "Latest: No. 5" }).waitFor();
  const numbers = async () => ({
    readouts: await page.locator(".readout:has(.readout-name)").allInnerTexts(),
    panel: await page.getByTestId("scan-numbers").locator("tbody tr").allInnerTexts(),
    files: await page.locator(".scan-files .mono").allInnerTexts(),
  });
  const latest = await numbers();
  expect(latest.files).toEqual(["swv_5.txt"]);

  // The same scan chosen by hand has the same numbers, and the one before has others.
  await page.getByTestId("trend-plot").press("ArrowLeft");
  await name.filter({ hasText: /^No\. 4/ }).waitFor();
  expect((await numbers()).readouts).not.toEqual(latest.readouts);
  await page.getByTestId("trend-plot").press("ArrowRight");
  await name.filter({ hasText: /^No\. 5/ }).waitFor();
  expect(await numbers()).toEqual(latest);
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/latest-desk.png` });

  // The phone's large value is that scan's, too.
  await page.setViewportSize({ width: 390, height: 844 });
  await page.keyboard.press("Escape");
  const [first = ""] = latest.readouts;
  const value = /[\d.]+/.exec(first.split("E1")[1] ?? "")?.[0] ?? "no value";
  await page.getByTestId("headline").filter({ hasText: value }).waitFor();
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/latest-phone.png` });
});
