import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { ERRORS } from "../../shared/protocol/errors.ts";
import { promtoolPath } from "../support/bring-tools.ts";
import { startHub } from "../support/hub.ts";
import { PrometheusText } from "../support/prometheus-text.ts";

const DEPLOY = fileURLToPath(new URL("../../deploy/", import.meta.url));
const RULES = `${DEPLOY}prometheus/alerts.yaml`;
const FILES = [RULES, `${DEPLOY}grafana/benchcast.json`];

test("Prometheus takes the alert rules", () => {
  const { status, stdout, stderr } = spawnSync(promtoolPath(), ["check", "rules", RULES], {
    encoding: "utf8",
  });
  expect(stderr).toBe("");
  expect(stdout).toContain("SUCCESS");
  expect(status).toBe(0);
});

test.each(FILES)("every metric and every error that %s names is one of a hub", async (file) => {
  const { url } = await startHub();
  const known = (await PrometheusText.of(url)).names();
  const text = readFileSync(file, "utf8");
  const named = [...new Set(text.match(/\b(?:benchcast|process)_[a-z_]+\b/g))];
  expect(named.length).toBeGreaterThan(8);
  // A histogram without a sample yet has no buckets to show.
  const base = (name: string) => name.replace(/_(bucket|sum|count)$/, "");
  expect(named.filter((name) => !known.has(name) && !known.has(base(name)))).toEqual([]);
  const codes = [...text.matchAll(/code=~?\\?"([a-z_|]+)/g)].flatMap((match) => (match[1] ?? "").split("|"));
  expect(codes.filter((code) => !Object.hasOwn(ERRORS, code))).toEqual([]);
});

test("the dashboard has a place for everything, and no two panels in one", () => {
  const { panels } = JSON.parse(readFileSync(`${DEPLOY}grafana/benchcast.json`, "utf8")) as {
    panels: { id: number; gridPos: { x: number; y: number; w: number; h: number } }[];
  };
  const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`),
  );
  expect(new Set(cells).size).toBe(cells.length);
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
});
