import { onTestFinished } from "vitest";
import { PROTOCOL_VERSION } from "../../shared/protocol/limits.ts";
import type { WatchTraces } from "../../shared/protocol/viewer-events.ts";
import { openRawWebSocket } from "../support/raw-web-socket.ts";

/** More often than the hub asks for a sign of life. */
const BEAT_MS = 2_000;

/** A viewer that asks for everything, then reads nothing more, and lives on all the same: its heart goes on beating. */
export interface DeafViewer {
  readonly socketId: string;
  /** From now on it reads nothing. */
  stopReading(): void;
}

export async function startDeafViewer(
  url: string,
  user_id: string,
  watched: Omit<WatchTraces, "user_id">,
): Promise<DeafViewer> {
  const socket = await openRawWebSocket(url);
  // Engine.IO message (4) with Socket.IO's connect (0), events that want an answer (2), and answers (3).
  socket.text(`40${JSON.stringify({ role: "viewer", protocol: PROTOCOL_VERSION })}`);
  const greeting = await socket.received(/40\{"sid":"([^"]+)"/);
  const [, socketId = ""] = /40\{"sid":"([^"]+)"/.exec(greeting) ?? [];
  socket.text(`421${JSON.stringify(["join", { user_id }])}`);
  await socket.received(/431\[\{"ok":true/);
  socket.text(`422${JSON.stringify(["watch_traces", { user_id, ...watched }])}`);
  await socket.received(/432\[\{"ok":true/);
  const beat = setInterval(() => socket.text("3"), BEAT_MS);
  onTestFinished(() => clearInterval(beat));
  return { socketId, stopReading: () => socket.pause() };
}
