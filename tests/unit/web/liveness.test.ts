import { describe, expect, test } from "vitest";
import type { SessionSummary } from "../../../shared/protocol/session.ts";
import { type Circumstances, liveness } from "../../../web/session/liveness.ts";

const NOW = new Date(2026, 10, 21, 14, 10, 0).getTime();
const at = (hour: number, minute: number, second = 0): number =>
  new Date(2026, 10, 21, hour, minute, second).getTime();

const running = { state: "running", stopped_at_ms: null } as SessionSummary; // what is looked at here
const agent = {
  state: "online" as const,
  name: "Potentiostat-3",
  folder: "2026-11-21",
  version: "0.1.0",
  os: "windows",
  since_ms: 0,
  files: null,
};

function tell(change: Partial<Circumstances>) {
  return liveness({
    link: { kind: "connected" },
    hubHeldMs: null,
    agent,
    agentSinceMs: at(9, 0),
    folderTroubleSinceMs: null,
    session: running,
    entries: { have: 1204, head: 1204 },
    lastScanMs: NOW - 3000,
    usualMs: 12_000,
    nowMs: NOW,
    ...change,
  });
}

describe("how alive the data are", () => {
  test("live while scans come at their usual pace", () => {
    expect(tell({})).toEqual({ kind: "live", word: "live", sentence: null, staleSinceMs: null });
    expect(tell({ lastScanMs: NOW - 40_000 }).kind).toBe("live");
  });

  test("quiet after four usual intervals, with the usual one told", () => {
    const state = tell({ lastScanMs: at(14, 6) });
    expect(state.kind).toBe("quiet");
    expect(state.sentence).toBe(
      "No new scan since 14:06 (usual: 12 s). Agent is online. Check that the measurement still runs, and that its files go to this folder.",
    );
  });

  test("a fast instrument is not called quiet after a second", () => {
    expect(tell({ usualMs: 100, lastScanMs: NOW - 5000 }).kind).toBe("live");
    expect(tell({ usualMs: 100, lastScanMs: NOW - 16_000 }).kind).toBe("quiet");
  });

  test("a hub without its storage is on hold, whatever was last heard of the agent, and the data are stale", () => {
    const state = tell({ hubHeldMs: at(14, 5), agent: { ...agent, state: "offline" } });
    expect(state.word).toBe("hub on hold since 14:05");
    expect(state.sentence).toContain("Showing 1,204 scans. What is measured meanwhile stays");
    expect(state.staleSinceMs).toBe(at(14, 5));
  });

  test("agent offline: since when, and what is shown", () => {
    const state = tell({
      agent: { ...agent, state: "offline" },
      agentSinceMs: at(14, 2),
      lastScanMs: at(14, 1, 57),
    });
    expect(state.sentence).toBe(
      "Agent offline since 14:02. Showing 1,204 scans up to 14:01:57. Start it on the instrument PC; this page goes on by itself.",
    );
    expect(state.staleSinceMs).toBe(at(14, 2));
  });

  test("a folder that cannot be read is never called live or empty: what is wrong, since when, what to do", () => {
    const away = (is: "missing" | "forbidden" | "unreadable", session: SessionSummary | null = running) =>
      tell({
        session,
        agent: { ...agent, folder_trouble: { is, since_ms: 0 } },
        folderTroubleSinceMs: at(14, 2),
      });
    expect(away("missing")).toEqual({
      kind: "no-folder",
      word: "folder missing since 14:02",
      sentence:
        "The agent's folder is not there. Check on the instrument PC that it was not moved or renamed, and that its drive is connected. It goes on by itself; what is in the folder is not lost.",
      staleSinceMs: at(14, 2),
    });
    expect(away("forbidden").sentence).toMatch(
      /^The agent may not read its folder\. Give the user that the agent runs as the right to read it,/,
    );
    expect(away("unreadable").word).toBe("folder unreadable since 14:02");
    // The start page says it in full; a stopped session needs no folder.
    expect(away("missing", null)).toMatchObject({ kind: "no-folder", sentence: null });
    expect(away("missing", { ...running, state: "stopped", stopped_at_ms: at(13, 0) }).kind).toBe("stopped");
  });

  test("times carry the day when it is not today's", () => {
    const yesterday = new Date(2026, 10, 20, 23, 5).getTime();
    expect(tell({ agent: { ...agent, state: "offline" }, agentSinceMs: yesterday }).word).toBe(
      "offline since Fri 20 Nov 23:05",
    );
  });

  test("without the hub nothing else is claimed, and the data are stale from then on", () => {
    const state = tell({ link: { kind: "lost", sinceMs: NOW - 8000, retryAtMs: NOW + 3000, reason: null } });
    expect([state.kind, state.word, state.staleSinceMs]).toEqual(["lost", "connection lost", NOW - 8000]);
  });

  test("catching up tells how far", () => {
    expect(tell({ entries: { have: 350, head: 1204 } }).word).toBe("catching up 350 of 1,204");
  });

  test("files that the agent still has to send are a catch-up, one on its way is not", () => {
    const files = (owed: number) => ({ agent: { ...agent, files: { seen: 900, matching: 900, owed } } });
    expect(tell(files(592)).word).toBe("catching up, 592 files to come");
    expect(tell(files(1)).word).toBe("live");
  });

  test("a running session without a scan waits and says for whom", () => {
    const state = tell({ lastScanMs: null, entries: { have: 0, head: 0 } });
    expect(state.sentence).toBe("Agent connected (Potentiostat-3, 2026-11-21). Waiting for the first scan.");
  });

  test("a stopped session is stopped, not quiet, and an agent that leaves then makes nothing stale", () => {
    const session = { state: "stopped", stopped_at_ms: at(13, 0) } as SessionSummary; // what is looked at here
    expect(tell({ session, lastScanMs: at(12, 59) }).word).toBe("session stopped 13:00");
    expect(tell({ session, agent: { ...agent, state: "offline" } }).staleSinceMs).toBeNull();
    expect(tell({ session }).sentence).toBeNull();
    const moved = { ...session, stopped_because: "other-folder" } as const;
    expect(tell({ session: moved }).sentence).toBe(
      "The agent was started on another folder (now: 2026-11-21), so this session ended. Start a new one for that folder.",
    );
  });
});
