import { setTimeout as sleep } from "node:timers/promises";
import { io } from "socket.io-client";
import type { z } from "zod";
import { PROTOCOL_VERSION } from "../shared/protocol/limits.ts";
import {
  DescribeFolderReply,
  JoinReply,
  StartReply,
  type VIEWER_REQUESTS,
} from "../shared/protocol/viewer-events.ts";

const PATIENCE_MS = 30_000;
const ASK_AGAIN_MS = 200;

/**
 * Joins as a viewer and starts what the hub proposes for the folder, so that the link opens a running experiment.
 *
 * @returns what was started, in the hub's words ("80 SWV files, 15 and 200 Hz, 4 electrodes")
 */
export async function startProposedSession(hubUrl: string, user_id: string): Promise<string> {
  const socket = io(hubUrl, { auth: { role: "viewer", protocol: PROTOCOL_VERSION }, forceNew: true });
  const deadlineMs = performance.now() + PATIENCE_MS;
  /** The agent may not be there yet, nor its first file: asks until there is something to start. */
  async function ask<T>(
    event: keyof typeof VIEWER_REQUESTS,
    payload: object,
    schema: z.ZodType<T>,
    enough: (value: T) => boolean,
  ): Promise<T> {
    for (let problem = "no answer"; performance.now() < deadlineMs; await sleep(ASK_AGAIN_MS)) {
      const answer: unknown = await socket.timeout(PATIENCE_MS).emitWithAck(event, payload);
      const value = schema.safeParse(readValue(answer));
      if (value.success && enough(value.data)) return value.data;
      problem = JSON.stringify(answer).slice(0, 500);
      if (performance.now() + ASK_AGAIN_MS >= deadlineMs)
        throw new Error(`The hub does not take up the demo: ${event} is answered with ${problem}`);
    }
    throw new Error(`The hub did not answer ${event} in time.`);
  }
  try {
    await ask("join", { user_id }, JoinReply, ({ agent }) => agent.state === "online");
    const described = await ask(
      "describe_folder",
      { user_id },
      DescribeFolderReply,
      ({ proposals }) => proposals.length > 0,
    );
    const [proposal] = described.proposals;
    if (proposal === undefined) throw new Error("The hub proposes nothing for the demo's folder.");
    const { filters, params: analysisParams, summary } = proposal;
    await ask(
      "start_analysis_session",
      { user_id, filters, analysisParams, label: "Demo" },
      StartReply,
      () => true,
    );
    return summary;
  } finally {
    socket.disconnect();
  }
}

function readValue(answer: unknown): unknown {
  return typeof answer === "object" && answer !== null && "value" in answer ? answer.value : undefined;
}
