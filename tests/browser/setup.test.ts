import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { simulatedScan } from "../../agent/simulated-scan.ts";
import { startAgentProcess } from "../support/agent-process.ts";
import { simulatedFile } from "../support/fixtures.ts";
import { startHubProcess } from "../support/hub-process.ts";
import { closeBrowser, openWindow, type ViewerWindow } from "./window.ts";

afterAll(closeBrowser);

const text = (lines: readonly string[]) => new TextEncoder().encode([...lines, ""].join("\r\n"));

/** A lab's own export: semicolons, decimal commas, mV and µA. */
function ownTable(number: number): Uint8Array {
  const scan = simulatedScan({ number, frequency_hz: 15, electrodes: 2, step_v: 0.002 });
  const comma = (value: number) => String(Number(value.toPrecision(7))).replace(".", ",");
  const rows = Array.from(scan.potentials_v, (potential, row) =>
    [potential * 1e3, ...scan.electrodes.map(({ difference_a }) => (difference_a[row] ?? 0) * 1e6)]
      .map(comma)
      .join(";"),
  );
  return text(["Bench 3", "E [mV];I1 [µA];I2 [µA]", ...rows]);
}

function cyclic(number: number): Uint8Array {
  const rows = Array.from({ length: 200 }, (_, n) => {
    const potential = 0.005 * (n < 100 ? n : 200 - n);
    const wave = Math.exp(-(((potential - 0.25) / 0.05) ** 2)) * (n < 100 ? 1 : -1);
    return `${potential.toFixed(3)}, ${(1e-6 * (wave + 0.2 * potential) * (1 - number / 200)).toExponential(3)}`;
  });
  return text([
    "Init E (V) = 0",
    "High E (V) = 0.5",
    "Low E (V) = 0",
    "Scan Rate (V/s) = 0.1",
    "",
    "Potential/V, Current/A",
    "",
    ...rows,
  ]);
}

async function writes(folder: string, name: string, content: Uint8Array): Promise<void> {
  await writeFile(join(folder, `${name}.part`), content);
  await rename(join(folder, `${name}.part`), join(folder, name));
}

/** Where a person would look at it: `SCREENSHOTS=folder` keeps pictures of every step, in both sizes and themes. */
async function picture({ page }: ViewerWindow, name: string): Promise<void> {
  const folder = process.env.SCREENSHOTS;
  if (folder === undefined) return;
  await mkdir(folder, { recursive: true });
  for (const [size, viewport] of Object.entries({
    desk: { width: 1440, height: 900 },
    phone: { width: 390, height: 844 },
  })) {
    await page.setViewportSize(viewport);
    for (const theme of ["light", "dark"]) {
      await page.locator("html").evaluate((html, value) => html.setAttribute("data-theme", value), theme);
      await page.screenshot({
        path: join(folder, `${name}-${size}-${theme}.png`),
        fullPage: size === "phone",
      });
    }
  }
  await page.setViewportSize({ width: 1440, height: 900 });
}

test("an unknown table: described by looking, its curve at once, and live points after the start", async () => {
  const hub = await startHubProcess();
  const agent = await startAgentProcess(hub.url, "Bench 3");
  for (let n = 1; n <= 3; n++) await writes(agent.folder, `own_15Hz_${n}.txt`, ownTable(n));
  const window = await openWindow();
  const { page } = window;
  await page.goto(`${hub.url}/#${agent.userId}`);
  await page.getByTestId("describe-table").click({ timeout: 30_000 });

  // What it guessed stands above the columns, and the curve is there at once.
  await page.getByLabel("Column 1", { exact: true }).waitFor();
  expect(await page.getByLabel("Column 1", { exact: true }).inputValue()).toBe("x");
  expect(await page.getByLabel("Column 3", { exact: true }).inputValue()).toBe("current 2");
  expect(await page.getByLabel("Unit of the potential").inputValue()).toBe("mV");
  await page.locator(".fit-results li").nth(1).waitFor();
  await picture(window, "table");

  // A wrong choice is said with its line, and nothing can be started until it is mended.
  await page.getByLabel("Numbers like").selectOption("0.5");
  await page.getByTestId("table-problem").waitFor();
  expect(await page.getByTestId("table-problem").innerText()).toMatch(/line 3/);
  expect(await page.getByTestId("start").count()).toBe(0);
  await picture(window, "table-problem");
  await page.getByLabel("Numbers like").selectOption("0,5");
  await page.getByLabel("Column 3", { exact: true }).selectOption("");
  await expect.poll(() => page.locator(".fit-results li").count()).toBe(1);
  await page.getByLabel("Column 3", { exact: true }).selectOption("current 2");
  await expect.poll(() => page.locator(".fit-results li").count()).toBe(2);

  // Many electrodes are told by their first column and their spacing; what is wrong with it is said.
  await page.getByLabel("Currents", { exact: true }).selectOption("evenly spaced columns");
  expect(await page.getByLabel("Electrodes", { exact: true }).inputValue()).toBe("2");
  expect(await page.getByLabel("Column 3", { exact: true }).inputValue()).toBe("current 2");
  await page.getByLabel("Electrodes", { exact: true }).fill("5");
  await expect.poll(() => page.getByTestId("table-problem").innerText()).toMatch(/current of electrode/);
  await page.getByLabel("Electrodes", { exact: true }).fill("2");
  await expect.poll(() => page.locator(".fit-results li").count()).toBe(2);
  await picture(window, "table-spaced");

  // The pattern says how many files it takes, while it is typed.
  await page.getByRole("button", { name: "Adjust" }).click();
  await expect.poll(() => page.getByTestId("pattern-count").innerText()).toMatch(/3 of 3 files match/);
  await page.getByTestId("start").click();
  await window.shows(3);
  await writes(agent.folder, "own_15Hz_4.txt", ownTable(4));
  await window.shows(4);
  await picture(window, "table-live");
});

test("SWV and CV in one numbering start together and are both followed", async () => {
  const hub = await startHubProcess();
  const agent = await startAgentProcess(hub.url, "Bench 4");
  const content = (n: number) => (n % 2 === 1 ? simulatedFile(n, { frequencyHz: 200 }) : cyclic(n));
  for (let n = 1; n <= 6; n++) await writes(agent.folder, `run_${n}.txt`, content(n));
  const window = await openWindow();
  const { page } = window;
  await page.goto(`${hub.url}/#${agent.userId}`);
  await page.getByTestId("start").waitFor({ timeout: 30_000 });
  expect(await page.getByTestId("remarks").innerText()).toMatch(/The names do not tell SWV from CV/);
  // Another sample of the same proposal, by hand.
  await page.getByTestId("sample").selectOption("run_5.txt");
  await page.getByTestId("pick").nth(1).check();
  expect(await page.getByTestId("start").innerText()).toBe("Start 2 sessions");
  await picture(window, "interleaved");
  await page.getByTestId("start").click();
  await window.shows(6);
  for (let n = 7; n <= 8; n++) await writes(agent.folder, `run_${n}.txt`, content(n));
  await window.shows(8);
  await picture(window, "interleaved-live");
  await page.getByText(/^CV/).first().click();
  await window.shows(8);
  await picture(window, "interleaved-cv");
});
