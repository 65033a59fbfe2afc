import { createHash } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { simulatedFile } from "../support/fixtures.ts";
import type { WrittenContent } from "../support/instrument.ts";
import { type RawAgent, startRawAgent } from "../support/raw-agent.ts";
import type { AckSeen } from "./history.ts";

/** As many files under way as the hub grants an agent. */
const UNDER_WAY = 4;
/** Different contents: analysed over and over, because what is tested is how results go out, not how they come in. */
const CONTENTS = 50;

/** An agent without a folder that streams scans as fast as it may, or at a pace. */
export class StreamingAgent {
  readonly userId: string;
  readonly pattern = "scan_{n}.txt";
  readonly written = new Map<string, WrittenContent[]>();
  readonly acks: AckSeen[] = [];
  readonly #send: RawAgent["send"];
  readonly #contents: readonly Uint8Array[];
  #last = 0;

  /** @param contents of its files, in turn; small ones when absent */
  static async start(hubUrl: string, contents = smallScans()): Promise<StreamingAgent> {
    return new StreamingAgent(await startRawAgent(hubUrl), contents);
  }

  private constructor({ userId, send }: RawAgent, contents: readonly Uint8Array[]) {
    this.userId = userId;
    this.#send = send;
    this.#contents = contents;
  }

  /** Goes on until it is stopped. @param pauseMs between two files of one of four streams; 0: full rate */
  streamOn(sessionId: string, pauseMs: () => number = () => 0): { stop(): Promise<void> } {
    let stopped = false;
    const stream = async () => {
      while (!stopped) {
        await this.#sendNext(sessionId);
        await pause(pauseMs());
      }
    };
    const streams = Array.from({ length: UNDER_WAY }, stream);
    return {
      stop: async () => {
        stopped = true;
        await Promise.all(streams);
      },
    };
  }

  async #sendNext(sessionId: string): Promise<void> {
    this.#last += 1;
    const name = `scan_${this.#last}.txt`;
    const content = this.#contents[this.#last % this.#contents.length] ?? new Uint8Array();
    const sha256 = createHash("sha256").update(content).digest("hex");
    const finishedMs = performance.now();
    const size = content.length;
    const reply = await this.#send(sessionId, name, content);
    if (!reply.ok) throw new Error(`${name} was refused: ${reply.error.message}`);
    if (reply.value.outcome !== "stored") throw new Error(`${name} was not stored: ${reply.value.outcome}`);
    // The announced time of change is the same for all (raw-agent); a name has one content here.
    this.written.set(name, [{ sha256, size, mtime_ms: 1_700_000_000_000, finishedMs }]);
    const { epoch, offset, revision } = reply.value;
    this.acks.push({ name, sha256, epoch, offset, revision });
  }
}

function smallScans(): Uint8Array[] {
  return Array.from({ length: CONTENTS }, (_, number) =>
    simulatedFile(number, { electrodes: 2, step_v: 0.02 }),
  );
}
