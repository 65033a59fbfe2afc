import { setTimeout as sleep } from "node:timers/promises";
import { io, type Socket } from "socket.io-client";
import type { z } from "zod";
import { PROTOCOL_VERSION } from "../shared/protocol/limits.ts";
import type { VIEWER_REQUESTS } from "../shared/protocol/viewer-events.ts";

const PATIENCE_MS = 30_000;
const ASK_AGAIN_MS = 200;

/** The demo's own viewer: it does over the network what a person would do in the browser. */
export class DemoViewer {
  readonly socket: Socket;

  constructor(hubUrl: string) {
    this.socket = io(hubUrl, { auth: { role: "viewer", protocol: PROTOCOL_VERSION }, forceNew: true });
  }

  /** Asks until the answer is enough: the agent may not be there yet, nor its first file. */
  async ask<T>(
    event: keyof typeof VIEWER_REQUESTS,
    payload: object,
    schema: z.ZodType<T>,
    enough: (value: T) => boolean = () => true,
  ): Promise<T> {
    const deadlineMs = performance.now() + PATIENCE_MS;
    for (let problem = "no answer"; performance.now() < deadlineMs; await sleep(ASK_AGAIN_MS)) {
      const answer: unknown = await this.socket.timeout(PATIENCE_MS).emitWithAck(event, payload);
      const value = schema.safeParse(readValue(answer));
      if (value.success && enough(value.data)) return value.data;
      problem = JSON.stringify(answer).slice(0, 500);
      if (performance.now() + ASK_AGAIN_MS >= deadlineMs)
        throw new Error(`The hub does not take up the demo: ${event} is answered with ${problem}`);
    }
    throw new Error(`The hub did not answer ${event} in time.`);
  }

  close(): void {
    this.socket.disconnect();
  }
}

function readValue(answer: unknown): unknown {
  return typeof answer === "object" && answer !== null && "value" in answer ? answer.value : undefined;
}
