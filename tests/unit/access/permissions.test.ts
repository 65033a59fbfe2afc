import { describe, expect, test } from "vitest";
import {
  assertPermitted,
  isPermitted,
  type Party,
  PERMISSIONS,
  type RequestName,
} from "../../../server/access/permissions.ts";
import { AGENT_REQUESTS } from "../../../shared/protocol/agent-events.ts";
import { VIEWER_REQUESTS } from "../../../shared/protocol/viewer-events.ts";

const NAMES = Object.keys(PERMISSIONS) as RequestName[]; // the keys of a const object

function permitted(party: Party): string[] {
  return NAMES.filter((name) => isPermitted(party, name)).sort();
}

describe("the permissions table", () => {
  test("has a row for every request of viewers and agents, and for nothing else", () => {
    const requests = [...Object.keys(VIEWER_REQUESTS), ...Object.keys(AGENT_REQUESTS)];
    expect([...NAMES].sort()).toEqual(requests.sort());
  });

  test("does not compile without one of them", () => {
    const { join: _join, ...incomplete } = PERMISSIONS;
    // @ts-expect-error `join` has no row
    const table: Record<RequestName, readonly Party[]> = incomplete;
    expect(table).not.toHaveProperty("join");
  });

  test("lets a visitor only join, and an agent only deliver", () => {
    expect(permitted("visitor")).toEqual(["join"]);
    expect(permitted("agent")).toEqual(Object.keys(AGENT_REQUESTS).sort());
  });

  test("lets a view link watch and export, and nothing that changes, reaches into the folder or shares", () => {
    expect(permitted("view")).toEqual([
      "cancel_task",
      "get_voltammogram",
      "join",
      "leave",
      "list_sessions",
      "list_tasks",
      "read_log",
      "read_notes",
      "read_raw",
      "request_export_cv_data",
      "request_export_data",
      "request_export_frequency_map_data",
      "watch_traces",
    ]);
  });

  test("lets control do everything that a viewer can do", () => {
    expect(permitted("control")).toEqual(Object.keys(VIEWER_REQUESTS).sort());
  });

  test("tells who may not in words that help", () => {
    const refusal = (party: Party) => {
      try {
        assertPermitted(party, "start_analysis_session");
        return null;
      } catch (error) {
        return error;
      }
    };
    expect(refusal("visitor")).toMatchObject({ code: "not_joined" });
    expect(refusal("view")).toMatchObject({
      code: "forbidden",
      message: expect.stringMatching(/watch and export.*Whoever sent it can do more/),
    });
    expect(refusal("control")).toBeNull();
  });
});
