import { afterAll, expect, test } from "vitest";
import { startSessionOn } from "../support/analysis-scene.ts";
import { simulatedFile } from "../support/fixtures.ts";
import { startHub } from "../support/hub.ts";
import { closeBrowser, openWindow } from "./window.ts";

afterAll(closeBrowser);

const PHONE = { width: 390, height: 844 };
const FILES = 8;

test("on a phone nothing is wider than the screen, and the label of a mark at the plot's end is whole", async () => {
  const hub = await startHub();
  const { viewer, user_id, session_id, send } = await startSessionOn(hub.url, {
    pattern: "swv_{f}Hz_{n}.txt",
  });
  for (let number = 1; number <= FILES; number++)
    await send(`swv_15Hz_${number}.txt`, simulatedFile(number, { step_v: 0.005 }));
  const change = {
    do: "add",
    note_id: "a-mark-at-the-end",
    kind: "injection",
    at: { offset: FILES - 1 },
    text: "second wash",
    concentration: 0,
    unit: "µM",
  } as const;
  await viewer.ask("annotate", { user_id, session_id, change });
  const { page, shows } = await openWindow();
  await page.setViewportSize(PHONE);
  const fits = async () =>
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(PHONE.width);

  await page.goto(`${hub.url}/`);
  const command = page.getByText("node benchcast-agent.mjs");
  await command.waitFor();
  expect(await command.evaluate((code) => code.getBoundingClientRect().right)).toBeLessThan(PHONE.width);
  await fits();

  await page.goto(`${hub.url}/#${user_id}`);
  await shows(FILES);
  const label = page.getByTestId("mark-label").filter({ hasText: "second wash" });
  await label.waitFor();
  const box = await label.boundingBox();
  expect(box?.x).toBeGreaterThan(0);
  expect((box?.x ?? 0) + (box?.width ?? Number.NaN)).toBeLessThanOrEqual(PHONE.width);
  await fits();
  await page.getByTestId("lower-calibration").click();
  await page.getByTestId("calibration-plot").waitFor();
  await fits();
  await page.getByRole("tab", { name: "Session" }).click();
  await fits();
});
