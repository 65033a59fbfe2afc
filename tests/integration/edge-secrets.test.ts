import { io } from "socket.io-client";
import { expect, onTestFinished, test } from "vitest";
import { userIdFromKey, userTag } from "../../server/sessions/user-tag.ts";
import { DEFAULT_SWV_PARAMS } from "../../shared/electrochem/swv.ts";
import { PROTOCOL_VERSION } from "../../shared/protocol/limits.ts";
import { formatUserId } from "../../shared/protocol/user-id.ts";
import { simulatedFile } from "../support/fixtures.ts";
import { startHubProcess } from "../support/hub-process.ts";
import { newAgentKey, startRawAgent } from "../support/raw-agent.ts";
import { ask } from "../support/raw-http.ts";
import { startRawViewer } from "../support/raw-viewer.ts";
import { readyExport } from "../support/ready-export.ts";

const WRONG_ID = userIdFromKey(newAgentKey());
const ENROLMENT = "secret-enrolment-of-lab-a";
const GUESSED = "wrong-enrolment-of-nobody";

/** Knocks and goes, whatever the answer. */
function knock(url: string, auth: object, query: Record<string, string> = {}): Promise<void> {
  const socket = io(url, { auth, query, transports: ["websocket"], reconnection: false, forceNew: true });
  onTestFinished(() => void socket.disconnect());
  return new Promise((resolve) => {
    for (const end of ["connect_error", "bye", "registered", "connect"]) socket.once(end, () => resolve());
  });
}

test("nothing that gives access ever stands in the log, whatever happens; agents are named by a hash", async () => {
  const hub = await startHubProcess({ LOG_LEVEL: "trace" });
  const { url } = hub;
  const agent = await startRawAgent(url, { instance: "process-a" });
  const { key } = agent;
  const user_id = userIdFromKey(key);
  const dashed = formatUserId(user_id);
  const viewer = await startRawViewer(url);
  await viewer.ask("join", { user_id });
  const { session } = await viewer.ask("start_analysis_session", {
    user_id,
    filters: { pattern: "swv_{n}.txt" },
    analysisParams: DEFAULT_SWV_PARAMS,
  });
  const { session_id } = session;
  await agent.send(session_id, "swv_1.txt", simulatedFile(1));
  await agent.send(session_id, "../swv_2.txt", simulatedFile(2));
  const { token } = await viewer.ask("create_share_link", {
    user_id,
    role: "view",
    label: "x",
    expires_in_s: null,
  });
  const guest = await startRawViewer(url);
  await guest.ask("join", { share_token: token });
  await guest.request("join", { share_token: `${token}x` });
  await guest.request("join", { user_id: WRONG_ID });
  const { path } = readyExport(await viewer.ask("request_export_data", { user_id, session_id }));

  const bearer = (credential: string) => ({ headers: { authorization: `Bearer ${credential}` } });
  for (const credential of [user_id, dashed, token, WRONG_ID, key, ENROLMENT])
    for (const place of ["/api/sessions", `/api/sessions/${session_id}/export.csv`, "/nothing"])
      await ask(url, place, bearer(credential));
  for (const place of [
    path,
    `${path}x`,
    `/?user_id=${user_id}`,
    `/api/nothing?user_id=${user_id}`,
    `/%zz${user_id}`,
  ])
    await ask(url, place);
  await ask(url, `/api/sessions?user_id=${user_id}`, { method: "POST", body: user_id });
  await ask(url, `/?user_id=${user_id}`, { headers: { host: "evil.example", "x-forwarded-for": "1.2.3.4" } });
  await ask(url, `/socket.io/?EIO=4&transport=nonsense&user_id=${user_id}`);

  await viewer.ask("stop_analysis_session", { user_id, session_id });
  const known = {
    role: "agent",
    protocol: PROTOCOL_VERSION,
    agent_key: key,
    name: "P",
    version: "1",
    os: "x",
    folder: "x",
  };
  await knock(url, { ...known, instance: "process-b", enrolment: GUESSED }, { user_id });
  await knock(url, { ...known, instance: "process-a" });
  await knock(url, { ...known, agent_key: `${key} ` });
  await knock(url, { role: "viewer", protocol: 99 }, { user_id, token });
  await hub.terminate();

  const output = hub.output();
  expect(output).toContain(userTag(userIdFromKey(key)));
  expect(output).toContain("agent connected");
  const secrets = [key, user_id, dashed, token, path, path.split("/").at(-1) ?? "", WRONG_ID, GUESSED];
  for (const secret of secrets) {
    expect(secret.length).toBeGreaterThan(15);
    const found = output.split("\n").filter((line) => line.toLowerCase().includes(secret.toLowerCase()));
    expect(found).toEqual([]);
  }
  expect(output).not.toContain("user_id=");
  expect(hub.errors()).toEqual([]);
});

test("enrolment tokens stand nowhere in the log, the labs' names do", async () => {
  const hub = await startHubProcess({ LOG_LEVEL: "trace", AGENT_TOKENS: `lab-a:${ENROLMENT}` });
  const agent = { role: "agent", protocol: PROTOCOL_VERSION, instance: "process-a" };
  const said = { name: "P", version: "1", os: "x", folder: "x" };
  for (const enrolment of [ENROLMENT, GUESSED])
    await knock(hub.url, { ...agent, ...said, agent_key: newAgentKey(), enrolment });
  await hub.terminate();
  expect(hub.output()).toContain("lab-a");
  expect(hub.output()).not.toContain(ENROLMENT);
  expect(hub.output()).not.toContain(GUESSED);
});
