import { describe, expect, test } from "vitest";
import { readHubCommand } from "../../../server/command-line.ts";
import { VARIABLES } from "../../../server/config.ts";
import { userTag } from "../../../server/sessions/user-tag.ts";
import { readUserId } from "../../../shared/protocol/user-id.ts";

describe("the hub's command line", () => {
  test("runs without words", () => {
    expect(readHubCommand([])).toEqual({ kind: "run" });
  });

  test("finds a User ID in the log, however it is written", () => {
    const reading = readUserId("7k2m-9xqd-t4hw-b8z7");
    if (!reading.ok) throw new Error(reading.message);
    for (const written of ["7k2m-9xqd-t4hw-b8z7", "7K2M9XQDT4HWB8Z7", " 7k2m 9xqd t4hw b8z7"])
      expect(readHubCommand(["--tag", written])).toEqual({ kind: "print", text: userTag(reading.user_id) });
    expect(readHubCommand(["--tag", "7k2m-9xqd-t4hw-b8z8"])).toMatchObject({ kind: "usage" });
  });

  test("names every setting in its help", () => {
    const help = readHubCommand(["--help"]);
    for (const name of Object.keys(VARIABLES))
      expect(help).toMatchObject({ kind: "print", text: expect.stringContaining(name) });
  });

  test.each([["start"], ["--tag"], ["--tag", "a", "b"], ["--port", "80"]])(
    "does not guess what %s means",
    (...words) => {
      expect(readHubCommand(words)).toMatchObject({ kind: "usage", message: expect.stringMatching(/\w/) });
    },
  );
});
