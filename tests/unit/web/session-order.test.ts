import { describe, expect, test } from "vitest";
import { defaultParams } from "../../../shared/protocol/analysis-params.ts";
import type { SessionSummary } from "../../../shared/protocol/session.ts";
import { chooseSession, sessionOrder } from "../../../web/stores/session-order.ts";

function session(session_id: string, state: SessionSummary["state"], created_at_ms: number): SessionSummary {
  const params = defaultParams("swv");
  const filters = { pattern: "swv_{n}.txt" };
  const position = {
    epoch: "epoch-1",
    version: 1,
    head: 0,
    notes_rev: 0,
    stopped_at_ms: null,
    stopped_because: null,
  };
  const versions = { raw_gone: 0, previous: null, reanalysis: null };
  return {
    session_id,
    technique: "swv",
    label: session_id,
    filters,
    params,
    state,
    created_at_ms,
    ...position,
    ...versions,
  };
}

const sessions = [
  session("old-stopped", "stopped", 1),
  session("old-running", "running", 2),
  session("new-stopped", "stopped", 4),
  session("new-running", "running", 3),
];

describe("which session is shown", () => {
  test("running ones come first, the newest of each first", () => {
    const ids = sessionOrder(sessions).map((one) => one.session_id);
    expect(ids).toEqual(["new-running", "old-running", "new-stopped", "old-stopped"]);
  });

  test("at first the newest running one", () => {
    expect(chooseSession(sessions, null)).toBe("new-running");
  });

  test("then the one that was chosen, for as long as it exists", () => {
    expect(chooseSession(sessions, "old-stopped")).toBe("old-stopped");
    expect(chooseSession(sessions.slice(1), "old-stopped")).toBe("new-running");
  });

  test("none when there is none", () => {
    expect(chooseSession([], "old-stopped")).toBeNull();
  });
});
