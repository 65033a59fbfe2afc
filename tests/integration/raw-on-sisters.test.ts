import { expect, onTestFinished, test, vi } from "vitest";
import { SisterUnreachable } from "../../server/fleet/sister-calls.ts";
import { startSessionOn } from "../support/analysis-scene.ts";
import { simulatedFile } from "../support/fixtures.ts";
import { startHubProcess } from "../support/hub-process.ts";
import { startHubs } from "../support/hubs.ts";
import { startRawViewer } from "../support/raw-viewer.ts";

const file = simulatedFile(0, { step_v: 0.005 });

async function askedThere(url: string, { user_id, session_id }: { user_id: string; session_id: string }) {
  const viewer = await startRawViewer(url);
  await viewer.ask("join", { user_id });
  return viewer.request("read_raw", { user_id, session_id, offset: 0 });
}

test("a file on a hub that has just started is found by hubs that have not seen it yet", async () => {
  // The others look twelve seconds from now at the soonest.
  const many = await startHubs(1, { HUB_LEASE_S: "60" });
  const [older] = many.hubs;
  const younger = await many.start(1);
  const scene = await startSessionOn(younger.url);
  await scene.send("swv_0.txt", file);
  expect(older?.hub.fleet.sisters()).toEqual([]);
  const reply = await askedThere(older?.url ?? "", scene);
  expect(reply).toMatchObject({ ok: true, value: { name: "swv_0.txt", content: Buffer.from(file) } });
});

test("a file on a hub that does not answer for a while is not called gone: it is there when the hub answers", {
  timeout: 120_000,
}, async () => {
  const many = await startHubs(1, { HUB_LEASE_S: "30" });
  const [asked] = many.hubs;
  if (asked === undefined) throw new Error("No hub was started.");
  const keeping = await startHubProcess({ REDIS_URL: many.redis.url, HUB_ID: "keeping", HUB_LEASE_S: "30" });
  const scene = await startSessionOn(keeping.url);
  await scene.send("swv_0.txt", file);
  const calls = vi.spyOn(asked.hub.fleet, "call");
  onTestFinished(() => calls.mockRestore());
  const failed = () =>
    calls.mock.settledResults.some(
      ({ value }) => value instanceof SisterUnreachable && value.why === "silent",
    );
  keeping.sigstop();
  const reply = askedThere(asked.url, scene);
  await vi.waitUntil(failed, { timeout: 30_000 });
  keeping.sigcont();
  expect(await reply).toMatchObject({ ok: true, value: { content: Buffer.from(file) } });
});

test("a file whose hub went down is out of reach, not gone; it is there when that hub is back", {
  timeout: 120_000,
}, async () => {
  const lease = { HUB_LEASE_S: "5" };
  const many = await startHubs(1, lease);
  const [asked] = many.hubs;
  if (asked === undefined) throw new Error("No hub was started.");
  const keeping = await startHubProcess({ REDIS_URL: many.redis.url, HUB_ID: "keeping", ...lease });
  const scene = await startSessionOn(keeping.url);
  await scene.send("swv_0.txt", file);
  await asked.hub.fleet.look();
  await keeping.terminate();
  const meanwhile = await askedThere(asked.url, scene);
  expect(meanwhile).toMatchObject({ ok: false, error: { code: "store_unavailable", retryable: true } });
  await keeping.start();
  expect(await askedThere(asked.url, scene)).toMatchObject({
    ok: true,
    value: { content: Buffer.from(file) },
  });
});

test("a file that no living hub has, and no agent, is gone where no other hub was seen", async () => {
  const many = await startHubs(0);
  const keeping = await many.start(0);
  const scene = await startSessionOn(keeping.url);
  await scene.send("swv_0.txt", file);
  await keeping.close();
  const younger = await many.start(1);
  expect(await askedThere(younger.url, scene)).toMatchObject({ ok: false, error: { code: "raw_gone" } });
});
