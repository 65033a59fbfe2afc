import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { CarriedSessions } from "../../../agent/carried-sessions.ts";
import { MAX_RUNNING_SESSIONS } from "../../../shared/protocol/limits.ts";

const HUB = "https://hub.example.org";
const ID = "session-of-a-test";
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "benchcast-carried-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
});

describe("sessions that an agent carries", () => {
  it("are there after a restart, each with the highest place that was acknowledged in its epoch", () => {
    const carried = new CarriedSessions(folder, HUB);
    carried.carry(ID, "first");
    for (const offset of [0, 4, 2]) carried.acknowledged(ID, { epoch: "e", offset });
    carried.acknowledged("unknown-session", { epoch: "e", offset: 9 });
    carried.carry(ID, "second");
    carried.save();
    const expected = [{ session_id: ID, descriptor: "second", epoch: "e", head: 5 }];
    expect(carried.list()).toEqual(expected);
    expect(new CarriedSessions(folder, HUB).list()).toEqual(expected);
    carried.acknowledged(ID, { epoch: "f", offset: 0 });
    expect(carried.list()).toMatchObject([{ epoch: "f", head: 1 }]);
  });

  it("belong to one hub, and only their owner may read them", () => {
    const carried = new CarriedSessions(folder, HUB);
    carried.carry(ID, "text");
    carried.save();
    expect(new CarriedSessions(folder, "https://other.example.org").list()).toEqual([]);
    const [file] = readdirSync(folder);
    expect(statSync(join(folder, file ?? "")).mode & 0o777).toBe(0o600);
  });

  it("are dropped when the hub says so, for good", () => {
    const carried = new CarriedSessions(folder, HUB);
    carried.carry(ID, "text");
    carried.save();
    carried.drop(ID);
    carried.save();
    expect(new CarriedSessions(folder, HUB).list()).toEqual([]);
  });

  it("[I11] are as many as may run, the newest", () => {
    const carried = new CarriedSessions(folder, HUB);
    for (let n = 0; n < 2 * MAX_RUNNING_SESSIONS; n += 1) carried.carry(`running-session-${n}`, "text");
    expect(carried.list()).toHaveLength(MAX_RUNNING_SESSIONS);
    expect(carried.list().at(-1)?.session_id).toBe(`running-session-${2 * MAX_RUNNING_SESSIONS - 1}`);
  });

  it("are none where the file is damaged, and then written anew", () => {
    const carried = new CarriedSessions(folder, HUB);
    carried.carry(ID, "text");
    carried.save();
    const [name = ""] = readdirSync(folder);
    const whole = readFileSync(join(folder, name), "utf8");
    for (const damaged of ["", whole.slice(0, -5), "[1]", JSON.stringify([{ session_id: "../x" }])]) {
      writeFileSync(join(folder, name), damaged);
      const again = new CarriedSessions(folder, HUB);
      expect(again.list()).toEqual([]);
      again.carry(ID, "new");
      again.save();
      expect(new CarriedSessions(folder, HUB).list()).toHaveLength(1);
    }
  });
});
