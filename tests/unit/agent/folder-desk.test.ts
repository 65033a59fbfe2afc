import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Delivery } from "../../../agent/delivery.ts";
import { FolderDesk } from "../../../agent/folder-desk.ts";
import { MAX_LISTING_PAGE, MAX_PART_BYTES, MAX_RUNNING_SESSIONS } from "../../../shared/protocol/limits.ts";
import { chiText, watchFolder } from "./watched-folder.ts";

async function startDesk(names: readonly string[] = ["swv_1.txt"]) {
  const bench = await watchFolder();
  for (const name of names) await writeFile(join(bench.folder, name), chiText());
  const delivery = new Delivery();
  delivery.connected();
  await bench.pass(0);
  const desk = new FolderDesk({
    scan: bench.scan,
    delivery,
    carried: { carry: () => {}, drop: () => {} },
    monotonicMs: () => 0,
    onSessions: () => {},
  });
  return { bench, delivery, desk, ask: (event: string, payload?: unknown) => desk.answer(event, payload) };
}

const filters = (pattern: string, session_id = "session-00001") => ({
  session_id,
  technique: "swv",
  filters: { pattern },
});
const code = (ack: unknown) => (ack as { error?: { code?: string } }).error?.code;

describe("[I10] the hub can narrow what it gets, never widen it", () => {
  it.each([
    ["set_filters", undefined],
    ["set_filters", { session_id: "../../etc", technique: "swv", filters: { pattern: "x" } }],
    ["set_filters", { ...filters("x"), filters: { pattern: "x", folder: "/" } }],
    ["stop_data_stream", 7],
    ["describe_folder", { since: -1 }],
    ["preview_file", { name: "swv_1.txt", from: 0, length: MAX_PART_BYTES + 1 }],
    ["preview_file", { name: "swv_1.txt", from: 0.5, length: 1 }],
  ])("refuses %s with %j", async (event, payload) => {
    const { ask } = await startDesk();
    expect(code(await ask(event, payload))).toBe("invalid_message");
  });

  it("does not know other requests", async () => {
    const { ask } = await startDesk();
    for (const event of ["run", "constructor", "__proto__", "write_file"])
      expect(code(await ask(event, {}))).toBe("unknown_event");
  });

  it("gives only bytes of files that it has just listed", async () => {
    const { ask, bench } = await startDesk(["swv_1.txt", "key.pem"]);
    const read = (name: string) => ask("preview_file", { name, from: 0, length: 10 });
    expect(code(await read("swv_1.txt"))).toBe("file_not_listed");
    await ask("describe_folder", { since: 0 });
    expect(await read("swv_1.txt")).toMatchObject({ ok: true, value: { size: chiText().length } });
    for (const name of [
      "key.pem",
      "../key.pem",
      "/etc/passwd",
      join(bench.folder, "swv_1.txt"),
      "swv_1.txt/../key.pem",
    ]) {
      expect(code(await read(name))).toBe("file_not_listed");
    }
  });

  it("refuses a pattern that is none, and more sessions than may run", async () => {
    const { ask, delivery } = await startDesk();
    expect(code(await ask("set_filters", filters("{x}")))).toBe("invalid_pattern");
    for (let index = 0; index < MAX_RUNNING_SESSIONS; index++) {
      expect(await ask("set_filters", filters("swv_{n}.txt", `session-${10_000 + index}`))).toEqual({
        ok: true,
        value: { matching: 1 },
      });
    }
    expect(code(await ask("set_filters", filters("swv_{n}.txt")))).toBe("too_many_sessions");
    expect(delivery.sessions.size).toBe(MAX_RUNNING_SESSIONS);
    await ask("stop_data_stream", { session_id: "session-10000" });
    expect(delivery.sessions.size).toBe(MAX_RUNNING_SESSIONS - 1);
  });
});

it("lists the folder in natural order, page by page from one snapshot", { timeout: 20_000 }, async () => {
  const names = Array.from({ length: MAX_LISTING_PAGE + 5 }, (_, index) => `swv_${index}.txt`);
  const { ask, bench } = await startDesk(names);
  const first = await ask("describe_folder", { since: 0 });
  await writeFile(join(bench.folder, "aaa.txt"), chiText());
  await bench.pass(60_000);
  const second = await ask("describe_folder", { since: MAX_LISTING_PAGE });
  const listed = [first, second].flatMap(
    (ack) => (ack as { value: { files: { name: string }[] } }).value.files,
  );
  expect(listed.map(({ name }) => name)).toEqual(names);
});
