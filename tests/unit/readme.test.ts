import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { EXIT } from "../../agent/exit-codes.ts";
import { COMMAND_OPTIONS } from "../../agent/options.ts";
import { VARIABLES } from "../../server/config.ts";
import { MAX_MESSAGE_BYTES, MAX_PART_BYTES } from "../../shared/protocol/limits.ts";
import { FAULTS } from "../faults/table.ts";

const README = readFileSync(new URL("../../README.md", import.meta.url), "utf8");

/** The table of the README between two markers, without what only aligns its columns. */
function section(name: string): string {
  const [, part = ""] = README.split(`<!-- ${name} -->`);
  const lines = part.split(`<!-- /${name} -->`)[0]?.trim() ?? "";
  return lines.replace(/-{3,}/g, "---").replace(/ +\|/g, " |");
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => "---"), ...rows];
  return lines.map((cells) => `| ${cells.join(" | ")} |`.replace(/ +\|/g, " |")).join("\n");
}

describe("the README tells the truth about", () => {
  test("every setting of the hub: name, default, unit, meaning", () => {
    const rows = Object.entries(VARIABLES).map(([name, { fallback, unit, help }]) => [
      `\`${name}\``,
      fallback,
      unit,
      help,
    ]);
    expect(section("settings")).toBe(table(["variable", "default", "unit, range", "meaning"], rows));
  });

  test("every default that it prints for a setting", () => {
    for (const { schema, fallback } of Object.values(VARIABLES)) {
      const byDefault = schema.parse(undefined);
      const printed =
        byDefault === undefined || (Array.isArray(byDefault) && byDefault.length === 0)
          ? fallback
          : String(byDefault);
      expect(fallback).toBe(printed);
    }
  });

  test("every option of the agent", () => {
    const rows = COMMAND_OPTIONS.map(({ name, value, variable, fallback, help }) => [
      `\`--${name}${value === null ? "" : ` ${value}`}\``,
      variable === null ? "" : `\`${variable}\``,
      fallback ?? "",
      help,
    ]);
    expect(section("options")).toBe(table(["option", "or variable", "default", "meaning"], rows));
  });

  test("every exit code of the agent", () => {
    const [, codes = ""] = README.split("Exit codes:");
    const told = [...(codes.split(".")[0] ?? "").matchAll(/(\d+) /g)].map((match) => Number(match[1]));
    expect(told).toEqual(Object.values(EXIT));
  });

  test("the sizes of messages and parts", () => {
    expect(README).toContain(`more than ${MAX_MESSAGE_BYTES / 1024 ** 2} MiB closes the connection`);
    expect(README).toContain(`at most ${MAX_PART_BYTES / 1024} KiB`);
  });

  test("every fault that it was put through, and that none of them cost a file", () => {
    const rows = section("faults").split("\n").slice(2);
    const cells = rows.map((row) => row.split("|").map((cell) => cell.trim()));
    expect(cells.map(([, fault]) => fault)).toEqual([...FAULTS]);
    for (const [, fault, , , , lost, duplicated] of cells)
      expect([lost, duplicated], fault).toEqual(["0", "0"]);
  });

  test("the commands that it prints are scripts of this package", () => {
    const { scripts } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
    const named = [...README.matchAll(/\bnpm (?:run ([a-z][a-z:]*)|(start|test)\b)/g)].map(
      ([, script, short]) => script ?? short,
    );
    expect(named.length).toBeGreaterThan(12);
    for (const name of named) expect(scripts).toHaveProperty(name as string);
  });
});
