import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { startAnalysis } from "../support/analysis-scene.ts";
import { simulatedFile } from "../support/fixtures.ts";
import { closeBrowser, openWindow } from "./window.ts";

afterAll(closeBrowser);

const content = (n: number) => simulatedFile(n, { step_v: 0.005 });
/** Where pictures are kept for a person to look at; none where nothing is said. */
const { SCREENSHOTS } = process.env;

test("a file that was excluded and measured anew counts, the list of marks says so, and one click excludes it too", async () => {
  const { hub, viewer, user_id, session_id, send } = await startAnalysis({ params: { sg_points: 15 } });
  for (let n = 1; n <= 5; n++) await send(`swv_${n}.txt`, content(n));
  const { token } = await viewer.ask("create_share_link", {
    user_id,
    role: "view",
    label: "",
    expires_in_s: null,
  });
  const [owner, guest] = [await openWindow(), await openWindow()];
  await owner.page.goto(`${hub.url}/#${user_id}`);
  await guest.page.goto(`${hub.url}/#s=${token}`);
  const points = async (count: number) => {
    for (const { page } of [owner, guest])
      await page.locator(`[data-testid="trend-plot"][data-points="${count}"]`).waitFor();
  };
  await points(10);
  await viewer.ask("annotate", {
    user_id,
    session_id,
    change: {
      do: "add",
      note_id: "a-note-of-this-test",
      kind: "exclude",
      at: { offset: 2 },
      text: "Air bubble",
    },
  });
  await points(8);
  expect(await owner.page.getByTestId("note-replaced").count()).toBe(0);

  await send("swv_3.txt", content(77));
  await points(10);
  const replaced = owner.page.getByTestId("note-replaced");
  expect(await replaced.innerText()).toContain("Its file was written anew since: the newer content counts.");
  expect(await guest.page.getByTestId("note-replaced").innerText()).toContain("the newer content counts");
  expect(await guest.page.getByTestId("note-replaced").getByRole("button").count()).toBe(1);
  for (const [name, width] of [
    ["desk", 1440],
    ["phone", 390],
  ] as const) {
    await owner.page.setViewportSize({ width, height: 900 });
    for (const colorScheme of ["light", "dark"] as const) {
      await owner.page.emulateMedia({ colorScheme });
      await replaced.scrollIntoViewIfNeeded();
      // Words beside the button would stand letter below letter in the narrow column.
      expect((await replaced.boundingBox())?.height).toBeLessThan(120);
      expect(await owner.page.evaluate("document.documentElement.scrollWidth")).toBe(width);
      if (SCREENSHOTS !== undefined)
        await owner.page.screenshot({ path: join(SCREENSHOTS, `excluded-${name}-${colorScheme}.png`) });
    }
  }
  await owner.page.setViewportSize({ width: 1440, height: 900 });

  await replaced.getByRole("button", { name: "Exclude the new one too" }).click();
  await points(8);
  expect(await replaced.count()).toBe(0);
  expect(await owner.page.getByTestId("note-list").innerText()).toContain("scan 3 excluded: Air bubble");
  await owner.page.getByTestId("undo").click();
  await points(10);
  await replaced.waitFor();

  // The very bytes that were excluded come again.
  await send("swv_3.txt", content(3));
  await points(8);
  expect(await replaced.count()).toBe(0);
});
