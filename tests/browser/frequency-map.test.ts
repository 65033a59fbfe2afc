import { afterAll, expect, test } from "vitest";
import { simulatedFile } from "../support/fixtures.ts";
import { startHub } from "../support/hub.ts";
import { startRawAgent } from "../support/raw-agent.ts";
import { startRawViewer } from "../support/raw-viewer.ts";
import { closeBrowser, openWindow } from "./window.ts";

afterAll(closeBrowser);

test("a frequency map is drawn as charge against frequency, and held for comparison with the next", async () => {
  const hub = await startHub();
  const agent = await startRawAgent(hub.url, { name: "Bench A" });
  const viewer = await startRawViewer(hub.url);
  const user_id = agent.userId;
  await viewer.ask("join", { user_id });
  const filters = { pattern: "map_{f}Hz_{n}.txt" };
  const start = { user_id, filters, analysisParams: {}, technique: "frequency-map" } as const;
  const { session } = await viewer.ask("start_frequency_map_session", start);
  const measure = async (number: number): Promise<void> => {
    for (const frequencyHz of [10, 30, 100, 300, 1000])
      await agent.send(
        session.session_id,
        `map_${frequencyHz}Hz_${number}.txt`,
        simulatedFile(number, { frequencyHz }),
      );
  };
  await measure(1);
  const { page, shows } = await openWindow();
  await page.goto(`${hub.url}/#${user_id}`);
  await shows(5);
  const maps = (count: number) =>
    page.locator(`[data-testid="frequency-map"][data-maps="${count}"]`).waitFor();
  await maps(2);
  const numbers = page.getByTestId("map-numbers");
  expect(await numbers.locator("tbody th").allInnerTexts()).toEqual(["10", "30", "100", "300", "1000"]);
  expect(await numbers.locator("thead").innerText()).toMatch(/[fpn]C/);
  await page.getByTestId("map-hold").click();
  await maps(4);
  await measure(2);
  await shows(10);
  // The held map is of charges: beside heights it would mean nothing.
  await page.getByTestId("map-height").click();
  await maps(2);
  expect(await numbers.locator("thead").innerText()).toMatch(/[pnµ]A/);
  await page.getByTestId("map-charge").click();
  await maps(4);
});
