import { describe, expect, test } from "vitest";
import { ConfigError, readConfig, type VARIABLES } from "../../server/config.ts";

/** The words of a refusal. */
function refusal(environment: Readonly<Record<string, string>>): string {
  try {
    readConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error("These settings were taken.");
}

const WRONG: Readonly<Partial<Record<keyof typeof VARIABLES, string>>> = {
  PORT: "70000",
  PUBLIC_URL: "ftp://marker-1",
  HUB_ID: "marker 2",
  HUB_LEASE_S: "marker-3",
  REDIS_URL: "http://user:marker-4@redis:6379",
  ALLOWED_ORIGINS: "marker-5",
  ALLOWED_HOSTS: "https://marker-6/",
  TRUST_PROXY: "marker-7",
  AGENT_TOKENS: "lab-a:marker-8-that-is-long-enough:99",
  ADMIN_TOKEN: "marker-9 short",
  MAX_CONNECTIONS_PER_IP: "0",
  MAX_VIEWERS_PER_AGENT: "marker-a",
  MAX_FILE_BYTES: "1",
  MAX_CONCURRENT_TASKS: "marker-b",
  MAX_TASKS_PER_USER: "1e9",
  RAW_BUDGET_MB: "-1",
  SESSION_TTL_DAYS: "marker-c",
  BACKUP_EVERY_HOURS: "0.5",
  BACKUP_KEEP: "marker-d",
  DRAIN_WITHIN_S: "0",
  LOG_LEVEL: "marker-e",
};

describe("wrong settings", () => {
  test("are all named at once, each with what is wanted, no secret repeated", () => {
    const words = refusal(WRONG);
    for (const name of Object.keys(WRONG)) expect(words).toMatch(new RegExp(`^  ${name}: \\S+`, "m"));
    for (const secret of ["marker-4", "marker-8", "marker-9"]) expect(words).not.toContain(secret);
    expect(words).toContain(
      "REDIS_URL: must begin with redis://, rediss://, redis+sentinel:// or rediss+sentinel://",
    );
  });

  test("say what was given, what is allowed and what to do, once each", () => {
    expect(refusal({ PORT: "eighty", BACKUP_KEEP: "1e9.5", LOG_LEVEL: "loud" })).toBe(
      [
        "These settings cannot be used:",
        "  PORT: must be a whole number from 0 to 65535 (given: “eighty”)",
        "  BACKUP_KEEP: must be a whole number from 1 to 1000 (given: “1e9.5”)",
        "  LOG_LEVEL: must be one of trace, debug, info, warn, error, fatal, silent (given: “loud”)",
        "Change them in the environment and start the hub again. The README lists every variable.",
      ].join("\n"),
    );
    for (const [PORT, shown] of [
      ["70000", "70000"],
      ["1.5", "1.5"],
      ["\u001b[2J", "\ufffd[2J"],
      ["9".repeat(100), `${"9".repeat(80)}…`],
    ] as const)
      expect(refusal({ PORT })).toContain(`65535 (given: “${shown}”)\n`);
  });

  test("repeat no password that stands in an address", () => {
    for (const name of ["PUBLIC_URL", "ALLOWED_ORIGINS", "ALLOWED_HOSTS", "TRUST_PROXY"])
      for (const password of ["s3cret", "s3cret/with,all @kinds", "s3cret@"])
        expect(refusal({ [name]: `https://me:${password}@hub.example.org/x` })).not.toContain("s3cret");
  });

  test.each(["https://hub.example.org/lab", "https://hub.example.org/?a=b", "https://me@hub.example.org"])(
    "PUBLIC_URL and ALLOWED_ORIGINS refuse what would silently be cut off: %s",
    (address) => {
      const words = refusal({ PUBLIC_URL: address, ALLOWED_ORIGINS: `https://other.example,${address}` });
      for (const name of ["PUBLIC_URL", "ALLOWED_ORIGINS"])
        expect(words).toMatch(new RegExp(`${name}: must be an address alone.*below no path`));
      expect(readConfig({ PUBLIC_URL: "https://hub.example.org/" })).toMatchObject({
        PUBLIC_URL: "https://hub.example.org",
      });
    },
  );

  test.each(["AGENT_TOKENS", "ADMIN_TOKEN", "REDIS_URL"])("of a secret (%s) are never repeated", (name) => {
    for (const value of ["s3cret", "s3cret:s3cret", "a:s3cret", "s3cret s3cret,s3cret:x:y:z", "ßs3cretß"])
      expect(refusal({ [name]: value })).not.toContain("s3cret");
  });

  test("do not hide each other: of a list with a wrong part that part's variable is named once", () => {
    const words = refusal({ AGENT_TOKENS: "lab-a:x,lab-b:y", PORT: "no" });
    expect(words).toContain("AGENT_TOKENS: must be name:token");
    expect(words).toContain("PORT: ");
  });
});

test("an empty variable counts as absent, and what is left out has the README's default", () => {
  expect(readConfig({ PORT: "", ADMIN_TOKEN: "" })).toMatchObject({ PORT: 8080, HOST: "127.0.0.1" });
});
