import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { PERMISSIONS } from "../../../server/access/permissions.ts";
import { eventReference } from "../../../server/reference/event-reference.ts";
import { ERRORS } from "../../../shared/protocol/errors.ts";
import { errorsOf } from "../../../shared/protocol/request-errors.ts";

const WRITTEN = readFileSync(new URL("../../../shared/protocol/EVENTS.md", import.meta.url), "utf8");

test("the reference of the events is what the schemas say; else: npm run reference", () => {
  expect(WRITTEN).toBe(eventReference());
});

test("it names every request with its roles and errors, and every error", () => {
  for (const name of Object.keys(PERMISSIONS)) {
    expect(WRITTEN).toContain(`\n### \`${name}\`\n`);
    expect(errorsOf(name)?.size).toBeGreaterThan(4);
  }
  for (const code of Object.keys(ERRORS)) expect(WRITTEN).toContain(`| \`${code}\` |`);
  expect(errorsOf("made_up")).toBeNull();
  expect(errorsOf("constructor")).toBeNull();
});
