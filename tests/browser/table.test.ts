import { afterAll, expect, test } from "vitest";
import { startAnalysis } from "../support/analysis-scene.ts";
import { hasRealData, listRealFiles, readRealFile } from "../support/data.ts";
import { chiDecay, someDecay } from "../support/decay-files.ts";
import { simulatedFile } from "../support/fixtures.ts";
import { closeBrowser, openWindow } from "./window.ts";

afterAll(closeBrowser);

test("the table has all numbers of a scan, newest first, says why there are none, and needs no mouse", async () => {
  const { hub, user_id, send } = await startAnalysis({ pattern: "swv_{n}.txt" });
  for (const n of [1, 2]) await send(`swv_${n}.txt`, simulatedFile(n));
  await send("swv_3.txt", new TextEncoder().encode("not a measurement\n"));
  const { page, shows } = await openWindow();
  await page.goto(`${hub.url}/#${user_id}`);
  await shows(3);
  await page.getByTestId("trend-plot").press("t");
  const table = page.getByTestId("result-table");
  const head = (await table.locator("thead th").allInnerTexts()).map((text) => text.split("\n")[0]);
  expect(head).toEqual(["Scan", "Trace", "Height", "E", "Area", "Half width", "S/N", "Remarks"]);
  const rounds = await table.locator("tbody").allInnerTexts();
  expect(rounds.map((text) => /No\. (\d)/.exec(text)?.[1])).toEqual(["3", "2", "1"]);
  expect(rounds[0]).toContain("swv_3.txt");
  expect(rounds[0]).toMatch(/No known instrument format begins like this/);
  expect(rounds[1]).toMatch(/E1[\s\S]*E2/);

  // What is shown are the numbers of the panel beside it.
  await table.locator("tbody").nth(1).getByRole("button").focus();
  await page.keyboard.press("Enter");
  await table.locator('tbody[data-in-view="true"]').waitFor();
  const cells = await table.locator('tbody[data-in-view="true"] tr').first().locator("td").allInnerTexts();
  const panel = await page
    .getByTestId("scan-numbers")
    .locator("tbody tr")
    .first()
    .locator("td")
    .allInnerTexts();
  expect(cells.slice(1, 6)).toEqual(panel);
  // Arrows scroll the table that has the focus; elsewhere they go from scan to scan.
  await page.getByLabel("Results, newest first").press("ArrowLeft");
  expect(await table.locator('tbody[data-in-view="true"]').innerText()).toContain("No. 2");
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/table-swv.png` });
});

test.runIf(hasRealData())(
  "of a CV the table has every segment, and what follows from its pairs",
  async () => {
    const [file = ""] = listRealFiles("chi-cv").filter((name) => name.endsWith(".txt"));
    const scene = await startAnalysis({
      technique: "cv",
      pattern: "cv_{n}.txt",
      params: { method: "desktop" },
    });
    await scene.send("cv_1.txt", readRealFile(file));
    const { page, shows } = await openWindow();
    await page.goto(`${scene.hub.url}/#${scene.user_id}`);
    await shows(1);
    if (process.env.SHOTS) {
      await page.waitForTimeout(2000);
      await page.screenshot({ path: `${process.env.SHOTS}/cv-desktop.png` });
    }
    await page.getByTestId("trend-plot").press("t");
    const table = page.getByTestId("result-table");
    const text = await table.innerText();
    for (const words of ["Charge", "seg. 1", "seg. 2", "ΔE", "E½"]) expect(text).toContain(words);
    if (process.env.SHOTS) {
      await page.screenshot({ path: `${process.env.SHOTS}/table-cv.png` });
      await page.setViewportSize({ width: 390, height: 844 });
      await page.emulateMedia({ colorScheme: "dark" });
      await page.waitForTimeout(1000);
      await page.screenshot({ path: `${process.env.SHOTS}/table-cv-phone.png` });
    }
  },
);

test("of a decay the numbers beside the curve are its lifetime, half-life and amplitude", async () => {
  const { hub, user_id, send } = await startAnalysis({ technique: "ca", pattern: "ca_{n}.txt" });
  await send("ca_1.txt", new TextEncoder().encode(chiDecay(someDecay())));
  const { page, shows } = await openWindow();
  await page.goto(`${hub.url}/#${user_id}`);
  await shows(1);
  const panel = page.getByTestId("scan-numbers");
  await panel.locator("tbody td").nth(3).waitFor();
  const head = (await panel.locator("thead th").allInnerTexts()).map((text) =>
    text.replace(/\s+/g, " ").trim(),
  );
  expect(head).toEqual(["Trace", "Lifetime ms", "Half-life ms", "Amplitude µA", "R²"]);
  // 3 µA, gone with 0.2 s; some ripple.
  const [lifetime, halfLife, amplitude, fit] = (await panel.locator("tbody td").allInnerTexts()).map(Number);
  expect(lifetime).toBeGreaterThan(190);
  expect(lifetime).toBeLessThan(210);
  expect(halfLife).toBeCloseTo(Math.LN2 * (lifetime ?? 0), 0);
  expect(amplitude).toBeCloseTo(3, 1);
  expect(fit).toBeGreaterThan(0.99);
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/decay.png` });
});
