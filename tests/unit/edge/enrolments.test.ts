import { describe, expect, test } from "vitest";
import { ConfigError, readConfig } from "../../../server/config.ts";
import { Enrolments } from "../../../server/edge/enrolments.ts";

const TOKEN = "correct-horse-battery";
const two = new Enrolments([
  { name: "lab-a", token: TOKEN, weight: 1 },
  { name: "lab-b", token: "another_token_of_lab_b", weight: 3 },
]);

function check(token: string): string {
  try {
    const { name, weight } = two.check(token);
    return `${name} ${weight}`;
  } catch (error) {
    return (error as { code: string }).code; // only RequestErrors are thrown there
  }
}

describe("enrolment tokens", () => {
  test("say which lab an agent is of", () => {
    expect(check(TOKEN)).toBe("lab-a 1");
    expect(check("another_token_of_lab_b")).toBe("lab-b 3");
  });

  test("wrong ones of any length are one answer, and nothing throws", () => {
    for (const wrong of [
      "",
      "x",
      TOKEN.slice(1),
      `${TOKEN} `,
      TOKEN.toUpperCase(),
      "\0",
      "x".repeat(100_000),
    ])
      expect(check(wrong)).toBe("invalid_enrolment");
  });

  test("a hub without tokens is open", () => {
    expect(new Enrolments([]).open).toBe(true);
    expect(two.open).toBe(false);
  });
});

describe("settings of the edge", () => {
  test("are read as lists", () => {
    expect(
      readConfig({
        AGENT_TOKENS: `lab-a:${TOKEN}, lab-b:another_token_of_lab_b:16`,
        TRUST_PROXY: "10.0.0.1, 192.168.0.0/16",
        ALLOWED_HOSTS: "hub.example.org,hub2.example.org:8080",
      }),
    ).toMatchObject({
      AGENT_TOKENS: [
        { name: "lab-a", token: TOKEN, weight: 1 },
        { name: "lab-b", token: "another_token_of_lab_b", weight: 16 },
      ],
      TRUST_PROXY: ["10.0.0.1", "192.168.0.0/16"],
      ALLOWED_HOSTS: ["hub.example.org", "hub2.example.org:8080"],
    });
  });

  test.each([
    ["AGENT_TOKENS", "lab-a:too-short"],
    ["AGENT_TOKENS", TOKEN],
    ["AGENT_TOKENS", `lab-a:${TOKEN}:17`],
    ["AGENT_TOKENS", `lab-a:${TOKEN}:0`],
    ["AGENT_TOKENS", `lab a:${TOKEN}`],
  ])("%s=%s is refused by name, and its value is not repeated: it is secret", (name, value) => {
    const message = refusalOf(name, value);
    expect(message).toContain(name);
    expect(message).not.toContain(value);
  });

  test.each([
    ["TRUST_PROXY", "proxy.example.org"],
    ["TRUST_PROXY", "10.0.0.0/64"],
    ["ALLOWED_HOSTS", "https://hub.example.org"],
    ["ALLOWED_HOSTS", "*"],
    ["MAX_CONNECTIONS_PER_IP", "0"],
  ])("%s=%s is refused by name, with what was given", (name, value) => {
    const message = refusalOf(name, value);
    expect(message).toContain(name);
    expect(message).toContain(value);
  });
});

function refusalOf(name: string, value: string): string {
  try {
    readConfig({ [name]: value });
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as ConfigError).message;
  }
  return "";
}
