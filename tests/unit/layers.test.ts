import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** What each folder may import from beside itself; the arrow of ARCHITECTURE.md. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  shared: [],
  server: ["shared"],
  agent: ["shared"],
  web: ["shared"],
};

/** Finer rules inside: what must stay free of sockets, HTTP and screens. */
const ALLOWED_INSIDE: Readonly<Record<string, readonly string[]>> = {
  "shared/protocol": ["shared/protocol", "shared/electrochem", "shared/formats"],
  "shared/electrochem": ["shared/electrochem"],
  "shared/trends": ["shared/trends", "shared/electrochem", "shared/protocol"],
  "shared/formats": ["shared/formats"],
  "shared/analysis": ["shared/analysis", "shared/electrochem", "shared/formats", "shared/protocol"],
  "server/store": ["server/store"],
  "server/fleet": ["server/fleet", "server/store", "shared"],
  "server/analysis": ["server/analysis", "shared"],
  "server/proposals": ["server/proposals", "shared"],
  "server/log": ["server/log"],
  "server/metrics": ["server/metrics", "server/store", "shared"],
  "server/tasks": ["server/tasks", "server/sessions", "server/store", "shared"],
  "server/reanalysis": [
    ...["server/reanalysis", "server/analysis", "server/sessions", "server/store", "server/tasks", "shared"],
  ],
  "server/access": ["server/access", "server/sessions", "server/store", "shared"],
  "server/sessions": ["server/sessions", "server/analysis", "server/store", "shared"],
};

function sources(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(tsx?|mjs)$/.test(name))
    .map((name) => join(folder, name));
}

/** Every module that a file names, in any form of import or export. */
function importsOf(file: string): string[] {
  const text = readFileSync(join(ROOT, file), "utf8");
  return [...text.matchAll(/(?:from|import)\s*\(?\s*["']([^"']+)["']/g)].map((match) => match[1] ?? "");
}

/** Imports of files inside the repository, as paths from its root. */
function localImports(file: string): string[] {
  return importsOf(file)
    .filter((name) => name.startsWith("."))
    .map((name) => relative(ROOT, join(ROOT, dirname(file), name)));
}

function strays(folder: string, allowed: readonly string[]): string[] {
  return sources(folder).flatMap((file) =>
    localImports(file)
      .filter((target) => target !== "package.json") // its version, nothing else
      .filter((target) => ![folder, ...allowed].some((place) => target.startsWith(`${place}/`)))
      .map((target) => `${file} imports ${target}`),
  );
}

describe("dependencies point one way", () => {
  test.each(Object.entries(ALLOWED))("%s imports only itself and %j", (folder, allowed) => {
    expect(sources(folder).length).toBeGreaterThan(5);
    expect(strays(folder, allowed)).toEqual([]);
  });

  test.each(Object.entries(ALLOWED_INSIDE))("%s imports only %j", (folder, allowed) => {
    expect(strays(folder, allowed)).toEqual([]);
  });

  test("the core knows no sockets, web server, clock of its own or Redis client", () => {
    const free = ["shared", "server/analysis", "server/proposals", "server/sessions"].flatMap(sources);
    const outside = /^(socket\.io|fastify|ioredis|libsql|@socket)/;
    expect(
      free.flatMap((file) =>
        importsOf(file)
          .filter((name) => outside.test(name))
          .map((name) => `${file}: ${name}`),
      ),
    ).toEqual([]);
    const clocks = free.filter((file) =>
      /\bDate\.now\(|new Date\(\)|setTimeout\(/.test(readFileSync(join(ROOT, file), "utf8")),
    );
    expect(clocks).toEqual([]);
  });

  test("shared runs in a browser: nothing of Node is imported there", () => {
    expect(
      sources("shared").flatMap((file) => importsOf(file).filter((name) => name.startsWith("node:"))),
    ).toEqual([]);
  });

  test("only audience.ts emits to rooms", () => {
    const emitters = sources("server").filter((file) =>
      /\bio\s*\.\s*(to|in|emit|volatile|except)\b|\.volatile\b/.test(readFileSync(join(ROOT, file), "utf8")),
    );
    expect(emitters).toEqual(["server/realtime/audience.ts"]);
  });
});
