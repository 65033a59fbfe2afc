import { describe, expect, test } from "vitest";
import { EntryTable, ResultTable } from "../../../shared/protocol/log-tables.ts";
import { readPart } from "../../../web/log/log-part.ts";
import { SessionLog } from "../../../web/log/session-log.ts";
import { traceKey } from "../../../web/log/trace.ts";
import { ModelLog } from "./hub-model.ts";

function modelOf(count: number): ModelLog {
  const model = new ModelLog();
  model.files = Array.from({ length: count }, (_, index) => ({
    name: `swv_${index}.txt`,
    fileNumber: index,
    frequencyHz: index % 2 === 0 ? 15 : 200,
    heightsA: [index * 1e-9, index * 2e-9],
  }));
  return model;
}

describe("parts of a log", () => {
  test("a part that starts where the log ends is appended", () => {
    const model = modelOf(5);
    const log = new SessionLog();
    expect(log.apply(model.part(0, 3))).toBe("appended");
    expect(log.apply(model.part(3, 5))).toBe("appended");
    expect(log.names).toEqual(model.files.map((file) => file.name));
    expect(log.next).toBe(5);
  });

  test("a part that was seen changes nothing", () => {
    const model = modelOf(5);
    const log = new SessionLog();
    log.apply(model.part(0, 5));
    expect(log.apply(model.part(1, 4))).toBe("seen");
    expect(log.names).toHaveLength(5);
    expect(log.traces.get(traceKey({ electrode: 1, frequencyHz: 15 }))?.length).toBe(3);
  });

  test("of a part that overlaps only the new entries are taken", () => {
    const model = modelOf(6);
    const log = new SessionLog();
    log.apply(model.part(0, 4));
    expect(log.apply(model.part(2, 6))).toBe("appended");
    expect(log.names).toEqual(model.files.map((file) => file.name));
    expect([
      ...(log.traces
        .get(traceKey({ electrode: 2, frequencyHz: 200 }))
        ?.column("offset")
        .view() ?? []),
    ]).toEqual([1, 3, 5]);
  });

  test("a part beyond the end is a gap: nothing of it is taken, but the head is known", () => {
    const model = modelOf(9);
    const log = new SessionLog();
    log.apply(model.part(0, 2));
    expect(log.apply(model.part(5, 9))).toBe("gap");
    expect([log.next, log.head]).toEqual([2, 9]);
  });

  test("a part of another epoch or version is not believed", () => {
    const model = modelOf(4);
    const log = new SessionLog();
    log.apply(model.part(0, 4));
    expect(log.apply({ ...model.part(0, 4), epoch: "epoch-2" })).toBe("foreign");
    expect(log.apply({ ...model.part(0, 4), version: 2 })).toBe("foreign");
    expect(log.epoch).toBe("epoch-1");
  });

  test("the newest revision of a name is current, older ones are not", () => {
    const model = new ModelLog();
    model.files = [{ name: "a.txt" }, { name: "b.txt" }, { name: "a.txt" }];
    const log = new SessionLog();
    log.apply(model.part(0));
    expect([0, 1, 2].map((offset) => log.isCurrent(offset))).toEqual([false, true, true]);
    expect(log.entry(2, "revision")).toBe(2);
  });

  test("tables are read as a browser receives them, from an ArrayBuffer", () => {
    const model = modelOf(2);
    const { entries, results, ...rest } = model.part(0);
    const part = readPart({
      ...rest,
      names: [...rest.names],
      notes: [],
      session_id: "session-0001",
      technique: "swv",
      entries: EntryTable.write(entries).slice().buffer,
      results: ResultTable.write(results).slice().buffer,
    });
    expect(part.entries.map((entry) => entry.frequency_hz)).toEqual([15, 200]);
    expect(part.results.map((result) => result.peak_height_a)).toEqual([0, 0, 1e-9, 2e-9]);
  });
});
