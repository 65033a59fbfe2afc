import { spawn, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { parse } from "yaml";
import { readConfig, VARIABLES } from "../../server/config.ts";
import { LAST_RESORT_MS } from "../../server/operations/drain.ts";
import { temporaryFolder } from "../support/agent.ts";
import { freePort } from "../support/free-port.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const DOCKERFILE = readFileSync(join(ROOT, "deploy/Dockerfile"), "utf8");
/** Instructions, with continued lines joined. */
const INSTRUCTIONS = DOCKERFILE.replaceAll("\\\n", " ")
  .split("\n")
  .filter((line) => /^[A-Z]/.test(line));
/** Of the last stage, the one that is shipped. */
const SHIPPED = INSTRUCTIONS.slice(INSTRUCTIONS.findLastIndex((line) => line.startsWith("FROM ")));

interface Service {
  readonly image: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly command?: readonly string[];
  readonly volumes?: readonly string[];
  readonly stop_grace_period?: string;
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, null>>;
}

function compose(file: string): Compose {
  // Read as Compose reads it: `<<` merges.
  return parse(readFileSync(join(ROOT, "deploy", file), "utf8"), { merge: true }) as Compose;
}

describe("the image", () => {
  test("runs as nobody in particular, and is asked for its health", () => {
    expect(SHIPPED).toContain("USER node");
    expect(SHIPPED.some((line) => line.startsWith("HEALTHCHECK "))).toBe(true);
    expect(INSTRUCTIONS.filter((line) => line.startsWith("FROM ")).every((line) => /:\d/.test(line))).toBe(
      true,
    );
  });

  test("ships everything that a hub needs and nothing of the tests: what it copies starts, and is healthy", async () => {
    const folder = await temporaryFolder();
    for (const line of SHIPPED.filter((instruction) => instruction.startsWith("COPY "))) {
      const [, from = "", to = ""] = /^COPY --from=build \/app\/(\S+) (\S+)$/.exec(line) ?? [];
      if (from === "node_modules") symlinkSync(join(ROOT, from), join(folder, from));
      else cpSync(join(ROOT, from), join(folder, to.endsWith("/") ? from : to), { recursive: true });
    }
    const port = await freePort();
    mkdirSync(join(folder, "data"));
    const env = { ...process.env, HOST: "127.0.0.1", PORT: String(port), DATA_DIR: join(folder, "data") };
    const [program = "", ...words] = command("CMD");
    const hub = spawn(program, words, { cwd: folder, env, stdio: "ignore" });
    onTestFinished(() => void hub.kill("SIGKILL"));
    const [asker = "", ...question] = command("HEALTHCHECK");
    await expect
      .poll(() => spawnSync(asker, question, { cwd: folder, env }).status, { timeout: 60_000, interval: 500 })
      .toBe(0);
    const page = await (await fetch(`http://127.0.0.1:${port}/`)).text();
    expect(page).toContain("<title>Benchcast");
  });
});

/** The words of an instruction in its JSON form. */
function command(name: string): string[] {
  const line = SHIPPED.find((instruction) => instruction.startsWith(name)) ?? "";
  return JSON.parse(line.slice(line.indexOf("["))) as string[]; // Docker itself reads it as JSON
}

describe.each(["compose.yaml", "compose.ha.yaml"])("%s", (file) => {
  const { services, volumes } = compose(file);
  const hubs = Object.entries(services).filter(([name]) => name.startsWith("hub"));

  test("sets only settings that the hub knows, to values that it takes", () => {
    expect(hubs.length).toBeGreaterThan(0);
    for (const [name, { environment = {} }] of hubs) {
      expect(Object.keys(VARIABLES), name).toEqual(expect.arrayContaining(Object.keys(environment)));
      const given = Object.entries(environment).map(([key, value]) => [key, value.replace(/^\$\{.*\}$/, "")]);
      expect(() => readConfig(Object.fromEntries(given))).not.toThrow();
    }
  });

  test("gives a hub longer to end than it takes, and a folder of its own that is not thrown away", () => {
    const { DRAIN_WITHIN_S } = readConfig({});
    for (const [, { stop_grace_period = "", volumes: mounts = [] }] of hubs) {
      expect(Number.parseInt(stop_grace_period, 10)).toBeGreaterThanOrEqual(
        DRAIN_WITHIN_S + LAST_RESORT_MS / 1_000,
      );
      expect(mounts.some((mount) => mount.endsWith(":/data"))).toBe(true);
    }
    const folders = hubs.flatMap(([, { volumes: mounts = [] }]) =>
      mounts.filter((mount) => mount.endsWith(":/data")),
    );
    expect(new Set(folders).size).toBe(hubs.length);
    for (const folder of folders) expect(volumes).toHaveProperty(folder.split(":")[0] ?? "");
  });
});

test("HAProxy is told everything that its file asks for, and each of its hubs is a service", () => {
  const { services } = compose("compose.ha.yaml");
  const { environment = {}, volumes: mounts = [] } = services.haproxy ?? {};
  const [, path = ""] = /^\.\/([^:]+):/.exec(mounts[0] ?? "") ?? [];
  const asked = [...readFileSync(join(ROOT, "deploy", path), "utf8").matchAll(/"\$\{(\w+)(?:\[\*\])?\}"/g)];
  expect(new Set(Object.keys(environment))).toEqual(new Set(asked.map((match) => match[1])));
  const hubs = Object.entries(environment).filter(([name]) => name.startsWith("HUB_"));
  for (const [, address] of hubs) expect(Object.keys(services)).toContain(address.split(":")[0]);
});

test("the Redis of compose.ha.yaml loses nothing that it acknowledged", () => {
  const words = compose("compose.ha.yaml").services.redis?.command ?? [];
  const value = (name: string) => words[words.indexOf(name) + 1];
  expect(value("--appendonly")).toBe("yes");
  expect(value("--appendfsync")).toBe("always");
  expect(value("--maxmemory-policy")).toBe("noeviction");
});
