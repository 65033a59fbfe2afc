import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import fastifyStatic from "@fastify/static";
import Fastify from "fastify";
import { afterAll, expect, onTestFinished, test } from "vitest";
import { startSessionOn } from "../support/analysis-scene.ts";
import { simulatedFile } from "../support/fixtures.ts";
import { startHub } from "../support/hub.ts";
import { closeBrowser, openWindow } from "./window.ts";

afterAll(closeBrowser);

const VIEWER = fileURLToPath(new URL("../../dist/web", import.meta.url));

/** Any web server that hosts the built viewer. @returns its origin */
async function startViewerHost(): Promise<string> {
  const host = Fastify();
  await host.register(fastifyStatic, { root: VIEWER });
  onTestFinished(() => host.close());
  return host.listen({ host: "127.0.0.1", port: 0 });
}

test("a viewer hosted elsewhere shows what comes live, and exports it, when the hub allows its page", async () => {
  const origin = await startViewerHost();
  const hub = await startHub({ env: { ALLOWED_ORIGINS: origin } });
  const scene = await startSessionOn(hub.url);
  for (let n = 0; n < 3; n += 1) await scene.send(`swv_${n}.txt`, simulatedFile(n));
  const window = await openWindow();
  await window.page.goto(`${origin}/?hub=${hub.url}#${scene.user_id}`);
  await window.shows(3);
  await scene.send("swv_3.txt", simulatedFile(3));
  await window.shows(4);
  expect(new URL(window.page.url()).origin).toBe(origin);
  await window.page.getByTestId("export").click();
  const [download] = await Promise.all([
    window.page.waitForEvent("download"),
    window.page.getByTestId("export-start").click(),
  ]);
  const rows = (await readFile(await download.path(), "utf8")).trimEnd().split("\r\n").slice(1);
  expect(new Set(rows.map((row) => row.split(",")[1]))).toEqual(
    new Set(["swv_0.txt", "swv_1.txt", "swv_2.txt", "swv_3.txt"]),
  );
});

test("a page that the hub does not allow is told so, with what the hub's operator has to set", async () => {
  const origin = await startViewerHost();
  const hub = await startHub();
  const scene = await startSessionOn(hub.url);
  const { page } = await openWindow();
  await page.goto(`${origin}/?hub=${hub.url}#${scene.user_id}`);
  await page.getByText(/ALLOWED_ORIGINS/).waitFor({ timeout: 20_000 });
});
