import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import Fastify from "fastify";
import { describe, expect, test } from "vitest";
import { type HubLog, LOG_OPTIONS } from "../../../server/log/hub-log.ts";
import { LOG_EVENTS } from "../../../server/log/log-events.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

function serverSources(): string[] {
  return readdirSync(join(ROOT, "server"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => readFileSync(join(ROOT, "server", name), "utf8"));
}

/** A logger with the hub's settings, and what it has written. */
function startLog() {
  const lines: Record<string, unknown>[] = [];
  const stream = { write: (line: string) => void lines.push(JSON.parse(line)) };
  const { log } = Fastify({ logger: { ...LOG_OPTIONS, level: "trace", stream } });
  return { log, lines };
}

describe("the log's events", () => {
  test("are a closed list: another name, or a name at another level, does not compile", () => {
    const log: HubLog = startLog().log;
    log.info({}, "hub ready");
    // @ts-expect-error no such event
    log.info({}, "hub is ready");
    // @ts-expect-error an event of another level
    log.info({}, "store away");
  });

  test("are each used, and each explained to operators: level, meaning, what to do", () => {
    const source = serverSources().join("\n");
    const [, table = ""] = readFileSync(join(ROOT, "deploy/README.md"), "utf8").split("<!-- log -->");
    const rows = (table.split("<!-- /log -->")[0] ?? "").split("\n").filter((line) => line.startsWith("| `"));
    const cells = rows.map((row) => row.split("|").map((cell) => cell.trim()));
    expect(cells.map(([, name, level, meaning, todo]) => ({ name, level, meaning, todo }))).toEqual(
      Object.entries(LOG_EVENTS).map(([name, { level, meaning, todo }]) => ({
        name: `\`${name}\``,
        level,
        meaning,
        todo,
      })),
    );
    for (const name of Object.keys(LOG_EVENTS))
      expect(source.split(`"${name}"`).length, name).toBeGreaterThan(2);
  });

  test("are what every part of the hub logs: nothing takes Fastify's own logger past them", () => {
    const taken = serverSources().flatMap((text) => text.match(/\bapp\.log\b.*/g) ?? []);
    expect(taken).toEqual(["app.log;"]);
  });

  test("include whatever the web server says by itself, without the credentials that addresses carry", () => {
    const { log, lines } = startLog();
    log.info("Route GET:/api/sessions?user_id=7k2m9xqdt4hwb8z7 not found");
    log.warn(new Error('Reply was already sent in "/api/exports/eyJhbGciOi.secret"'));
    log.error({ err: new Error("odd") }, "Promise errored");
    expect(lines.map(({ msg, said }) => [msg, said])).toEqual([
      ["web server", "Route GET:/api/sessions not found"],
      ["web server", undefined],
      ["web server", "Promise errored"],
    ]);
    expect(JSON.stringify(lines)).not.toMatch(/user_id|secret/);
  });

  test("carry of an error its words alone: what a library hangs on it may be a command with a User ID", () => {
    const { log, lines } = startLog();
    const reply = Object.assign(new Error("WRONGTYPE", { cause: new Error("below") }), {
      command: { name: "HSET", args: ["agent_user_mapping", "7k2m9xqdt4hwb8z7"] },
    });
    log.error({ err: reply }, "request failed");
    expect(lines[0]).toMatchObject({
      err: { type: "Error", message: "WRONGTYPE", cause: { message: "below" } },
    });
    expect(JSON.stringify(lines)).not.toContain("7k2m9xqdt4hwb8z7");
  });
});
