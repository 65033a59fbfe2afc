import { describe, expect, test } from "vitest";
import type { TaskView } from "../../../shared/protocol/task.ts";
import { taskText } from "../../../web/session/task-words.ts";

function task(fields: Partial<TaskView>): TaskView {
  return {
    task_id: "a-task-of-this-test",
    kind: "reanalysis",
    session_id: null,
    label: "Serum 3",
    state: "running",
    position: null,
    moved_back_because: null,
    done: 0,
    total: null,
    eta_ms: null,
    created_at_ms: 0,
    started_at_ms: null,
    ended_at_ms: null,
    error: null,
    result: null,
    ...fields,
  };
}

describe("a task in words", () => {
  test.each([
    [{ done: 240, total: 1_204, eta_ms: 12_000 }, "Re-analysing 240 of 1,204 · 12 s left"],
    [{ kind: "catch-up", done: 3, total: 10 }, "Catching up 3 of 10"],
    [{ kind: "export" }, "Exporting"],
    [{ state: "queued", position: 2 }, "Re-analysis waits, 2nd in turn"],
    [{ state: "queued", position: 11, eta_ms: 120_000 }, "Re-analysis waits, 11th in turn · ready in 2 min"],
    [{ state: "queued", position: 123 }, "Re-analysis waits, 123rd in turn"],
    [{ kind: "export", state: "done" }, "Export is ready"],
    [
      { state: "failed", error: { code: "raw_gone", message: "The file is gone." } },
      "Re-analysis failed: The file is gone.",
    ],
  ] as const)("%o", (fields, text) => {
    expect(taskText(task(fields))).toBe(text);
  });
});
