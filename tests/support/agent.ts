import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { type Agent, type AgentOptions, startAgent } from "../../agent/agent.ts";

/** The real agent on a folder of its own, in this process. */
export interface TestAgent {
  readonly agent: Agent;
  /** The watched folder. */
  readonly folder: string;
  readonly configFolder: string;
}

export interface TestAgentOptions {
  readonly name?: string;
  /** Folders that outlive this agent: for tests that start another on them. */
  readonly folder?: string;
  readonly configFolder?: string;
  /** Enrolment token. */
  readonly token?: string;
}

export async function startTestAgent(hubUrl: string, options: TestAgentOptions = {}): Promise<TestAgent> {
  const folder = options.folder ?? (await temporaryFolder());
  const configFolder = options.configFolder ?? (await temporaryFolder());
  let registered = () => {};
  const connected = new Promise<void>((resolve) => {
    registered = resolve;
  });
  const name = options.name ?? "Potentiostat-1";
  const onReport: AgentOptions["onReport"] = ({ connection }) => {
    if (connection.is === "connected") registered();
  };
  const { token = null } = options;
  const agent = startAgent({ hubUrl, folder, configFolder, name, token, onReport });
  onTestFinished(() => agent.stop());
  await Promise.all([agent.looked, connected]);
  return { agent, folder, configFolder };
}

/** An empty folder that is removed after the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "benchcast-test-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
