import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import { afterAll, describe, expect, test, vi } from "vitest";
import { startAnalysis } from "../support/analysis-scene.ts";
import { simulatedFile } from "../support/fixtures.ts";
import { closeBrowser, openWindow } from "./window.ts";

afterAll(closeBrowser);

async function startScene(env: Readonly<Record<string, string>>) {
  const scene = await startAnalysis({}, { env });
  for (let n = 1; n <= 3; n++) await scene.send(`swv_${n}.txt`, simulatedFile(n, { step_v: 0.005 }));
  const { page, shows } = await openWindow();
  await page.goto(`${scene.hub.url}/#${scene.user_id}`);
  await shows(3);
  return { ...scene, page };
}

/** Work that may wait waits for the test. */
function holdWork({ fileTurns }: { readonly fileTurns: { rest(): Promise<void> } }): () => void {
  const waiting: (() => void)[] = [];
  const spy = vi
    .spyOn(fileTurns, "rest")
    .mockImplementation(() => new Promise((resolve) => void waiting.push(resolve)));
  return () => {
    spy.mockRestore();
    for (const go of waiting) go();
  };
}

async function downloaded(page: Page, start: () => Promise<void>): Promise<{ name: string; text: string }> {
  const [download] = await Promise.all([page.waitForEvent("download"), start()]);
  return { name: download.suggestedFilename(), text: await readFile(await download.path(), "utf8") };
}

describe("the export dialog", () => {
  test("is used by keys alone: E opens it, arrows choose, Enter downloads, Escape closes", async () => {
    const { page } = await startScene({});
    await page.keyboard.press("e");
    const dialog = page.locator(".export-dialog");
    await dialog.getByLabel(/^CSV/).focus();
    for (let presses = 0; presses < 3; presses++) await page.keyboard.press("ArrowDown");
    expect(await dialog.getByLabel(/^JSON/).isChecked()).toBe(true);
    const { name, text } = await downloaded(page, () => page.keyboard.press("Enter"));
    expect(name).toMatch(/\.json$/);
    expect(JSON.parse(text).rows).toHaveLength(6);
    await page.getByTestId("export-ready").waitFor();
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
  });

  test("shows a large export from its place to its download, also after a reload, and takes it back", async () => {
    const { page, hub } = await startScene({ EXPORT_DIRECT_S: "0", MAX_CONCURRENT_TASKS: "1" });
    const resume = holdWork(hub.hub);
    const list = page.getByTestId("made-exports");
    await page.getByTestId("export").click();
    for (const format of [/^CSV/, /^JSON/]) {
      await page.getByLabel(format).check();
      await page.getByTestId("export-start").click();
    }
    await list.getByText("Exporting 0 of 6").waitFor();
    await list.getByText("Export waits, 1st in turn").waitFor();
    await page.reload();
    await page.getByTestId("export").click();
    await list.getByText("Export waits, 1st in turn").waitFor();
    await list.getByRole("button", { name: /Cancel Export of .* as json/ }).click();
    await list.getByText("waits").waitFor({ state: "detached" });
    resume();
    await list.getByText("Export is ready").waitFor();
    // Asked for before the reload, so nothing is downloaded unasked now.
    const link = list.getByRole("link", { name: /Download/ });
    expect((await downloaded(page, () => link.click())).text.split("\r\n")).toHaveLength(1 + 6 + 1);
    await page.reload();
    await page.getByTestId("export").click();
    await list.getByText(/kept until/).waitFor();
    // Asked for again it is there at once.
    await page.getByLabel(/^CSV/).check();
    const again = await downloaded(page, () => page.getByTestId("export-start").click());
    expect(again.name).toMatch(/\.csv$/);
    expect(await list.getByRole("listitem").count()).toBe(1);
  });

  test("downloads a large export by itself once it is made, where the page that asked is still there", async () => {
    const { page, hub } = await startScene({ EXPORT_DIRECT_S: "0" });
    const resume = holdWork(hub.hub);
    await page.getByTestId("export").click();
    await page.getByTestId("export-start").click();
    await page.getByTestId("made-exports").getByText("Exporting").waitFor();
    await page.keyboard.press("Escape");
    const { name } = await downloaded(page, async () => resume());
    expect(name).toMatch(/\.csv$/);
    await page.setViewportSize({ width: 390, height: 844 });
    await page.getByTestId("tasks").getByText("Export is ready").waitFor();
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(390);
  });
});
