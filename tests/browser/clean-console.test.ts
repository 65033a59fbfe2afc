import { afterAll, expect, test } from "vitest";
import { startAnalysis } from "../support/analysis-scene.ts";
import { simulatedFile } from "../support/fixtures.ts";
import { closeBrowser, openWindow } from "./window.ts";

afterAll(closeBrowser);

const ADMIN_TOKEN = "an-operators-token-of-some-length";

/** Every window fails its test when the console has an error, or the page does what the hub's policy forbids. */
test("no page says anything in the console, and none does what the hub's policy forbids", async () => {
  const scene = await startAnalysis(
    { pattern: "swv_{n}.txt" },
    { env: { ADMIN_TOKEN, LOG_LEVEL: "silent" } },
  );
  const { hub, user_id, send } = scene;
  for (const n of [1, 2, 3]) await send(`swv_${n}.txt`, simulatedFile(n));
  const { page, shows } = await openWindow();
  await page.goto(`${hub.url}/`);
  await page.getByTestId("user-id").fill(user_id);
  await page.getByTestId("join").click();
  await shows(3);

  await page.getByTestId("trend-plot").press("m");
  await page.getByTestId("mark-fields").getByLabel("Concentration").fill("5");
  await page.keyboard.press("Enter");
  await page.getByTestId("mark-label").waitFor();
  await page.getByTestId("trend-plot").press("s");
  await page.getByTestId("trend-settings").waitFor();
  await page.getByTestId("trend-plot").press("s");
  await page.getByTestId("trend-plot").press("t");
  await page.getByTestId("result-table").waitFor();
  await page.keyboard.press("t");
  await page.getByTestId("lower-calibration").click();
  await page.getByTestId("calibration-plot").waitFor();
  await page.getByTestId("lower-scan").click();
  await page.getByTestId("tune").click();
  await page.locator("#tune-sg_points").fill("31");
  await page.getByText("a trial, not applied yet").waitFor();
  await page.getByTestId("share").click();
  await page.getByTestId("share-make").click();
  await page.getByTestId("share-address").waitFor();
  await page.keyboard.press("Escape");
  await page.getByText("New session").click();
  await page.locator(".setup, .said").first().waitFor();

  const operator = await openWindow();
  await operator.page.goto(`${hub.url}/admin`);
  await operator.page.getByTestId("token").fill(ADMIN_TOKEN);
  await operator.page.keyboard.press("Enter");
  await operator.page.getByTestId("agents").waitFor();
  expect(await operator.page.getByTestId("agents").isVisible()).toBe(true);
});
