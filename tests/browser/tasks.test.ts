import { afterAll, describe, expect, test } from "vitest";
import { userTag } from "../../server/sessions/user-tag.ts";
import type { RunContext } from "../../server/tasks/task-runner.ts";
import type { UserId } from "../../shared/protocol/user-id.ts";
import { simulatedFile } from "../support/fixtures.ts";
import { startHub } from "../support/hub.ts";
import { startRawAgent } from "../support/raw-agent.ts";
import { startRawViewer } from "../support/raw-viewer.ts";
import { closeBrowser, openWindow } from "./window.ts";

afterAll(closeBrowser);

describe("long work on the screen", () => {
  test("says how far it is and what waits, survives a reload, and can be cancelled; a phone shows it, too", async () => {
    const { url, hub } = await startHub({ env: { MAX_CONCURRENT_TASKS: "1" } });
    let context: RunContext | undefined;
    hub.tasks.register("reanalysis", (_task, given) => {
      context = given;
      given.progress(240, 1_204);
      return new Promise(() => {});
    });
    const { userId, send } = await startRawAgent(url);
    const viewer = await startRawViewer(url);
    await viewer.ask("join", { user_id: userId });
    const filters = { pattern: "swv_{n}.txt" };
    const { session } = await viewer.ask("start_analysis_session", {
      user_id: userId,
      filters,
      analysisParams: {},
    });
    await send(session.session_id, "swv_1.txt", simulatedFile(1));
    const { page } = await openWindow();
    await page.goto(`${url}/#${userId}`);
    const strip = page.getByTestId("tasks");
    const tag = userTag(userId as UserId);
    for (const label of ["First", "Second"])
      await hub.tasks.submit({
        tag,
        kind: "reanalysis",
        session_id: session.session_id,
        label,
        payload: null,
      });
    await strip.getByText("Re-analysing 240 of 1,204").waitFor();
    await strip.getByText("Re-analysis waits, 1st in turn").waitFor();
    await page.reload();
    await strip.getByText("Re-analysis waits, 1st in turn").waitFor();
    await page.setViewportSize({ width: 390, height: 844 });
    await strip.getByText("Re-analysing 240 of 1,204").waitFor();
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(390);
    await strip.getByLabel("Cancel Second").click();
    await strip.getByText("waits").waitFor({ state: "detached" });
    await strip.getByLabel("Cancel First").click();
    await strip.waitFor({ state: "detached" });
    expect(context?.signal.aborted).toBe(true);
  });
});
