import { beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { userTag } from "../../server/sessions/user-tag.ts";
import type { WireError } from "../../shared/protocol/errors.ts";
import type { UserId } from "../../shared/protocol/user-id.ts";
import { temporaryFolder } from "../support/agent.ts";
import { simulatedFile } from "../support/fixtures.ts";
import { startHub, type TestHub } from "../support/hub.ts";
import { startRawAgent } from "../support/raw-agent.ts";
import { ask } from "../support/raw-http.ts";
import { startRawViewer } from "../support/raw-viewer.ts";

const ADMIN_TOKEN = "an-operators-token-of-some-length";
const NOBODY = "Bearer 7k2m-9xqd-t4hw-b8z7";

interface Reply {
  readonly description: string;
  readonly content: Readonly<Record<string, { readonly schema: object }>>;
}
interface Document {
  readonly openapi: string;
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, { readonly responses: Record<string, Reply> }>>>
  >;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

interface Question {
  readonly method: "get" | "post";
  /** As documented. */
  readonly path: string;
  /** As asked. */
  readonly url: string;
  readonly authorization?: string | undefined;
  readonly body?: object;
  /** A status, or an error's code. */
  readonly expected: number | string;
}

/** The addresses that a hub really has, with their methods. */
function routesOf({ app }: TestHub): { method: string; path: string }[] {
  const above: string[] = [];
  return app
    .printRoutes({ commonPrefix: false })
    .split("\n")
    .flatMap((line) => {
      const [, indent = "", part, methods = ""] = /^([│\s]*)[├└]── (\S+)(?: \((.*)\))?$/.exec(line) ?? [];
      if (part === undefined) return [];
      const depth = indent.length / 4;
      above.splice(depth, Number.POSITIVE_INFINITY, part);
      const path = above.join("").replace(/:(\w+)/g, "{$1}");
      return methods.split(", ").map((method) => ({ method: method.toLowerCase(), path }));
    });
}

async function startScene() {
  const BACKUP_DIR = await temporaryFolder();
  const hub = await startHub({ env: { ADMIN_TOKEN, BACKUP_DIR, BACKUP_EVERY_HOURS: "8760" } });
  const agent = await startRawAgent(hub.url, { name: "Bench A" });
  const viewer = await startRawViewer(hub.url);
  const user_id = agent.userId;
  await viewer.ask("join", { user_id });
  const filters = { pattern: "swv_{n}.txt" };
  const { session } = await viewer.ask("start_analysis_session", { user_id, filters, analysisParams: {} });
  const { session_id } = session;
  await agent.send(session_id, "swv_1.txt", simulatedFile(1));
  const made = await viewer.ask("request_export_data", { user_id, session_id });
  if (!("path" in made)) throw new Error("So small an export is made at once.");
  const { path: link } = made;
  // Runs until it is cancelled.
  hub.hub.tasks.register("export", (_task, { signal }) => {
    return new Promise(
      (_resolve, reject) => void signal.addEventListener("abort", () => reject(new Error())),
    );
  });
  const tag = userTag(user_id as UserId);
  const task = { tag, kind: "export" as const, session_id: null, label: "x", payload: null };
  const { task_id } = await hub.hub.tasks.submit(task);
  return { hub, agent, viewer, user_id, session_id, link, tag, task_id };
}

type Scene = Awaited<ReturnType<typeof startScene>>;

/** Every documented address as it succeeds, and as it refuses. */
function questions({ viewer, user_id, session_id, link, tag, task_id }: Scene): Question[] {
  const user = `Bearer ${user_id}`;
  const admin = `Bearer ${ADMIN_TOKEN}`;
  const one = "/api/sessions/{session_id}";
  const get = (
    path: string,
    url: string,
    expected: Question["expected"],
    authorization?: string,
  ): Question => ({
    ...{ method: "get", path, url, expected, authorization },
  });
  const act = (
    action: string,
    body: object,
    expected: Question["expected"],
    authorization = admin,
  ): Question => ({
    ...{
      method: "post",
      path: `/api/admin/${action}`,
      url: `/api/admin/${action}`,
      body,
      expected,
      authorization,
    },
  });
  const open = ["/health", "/ready", "/metrics", "/api/openapi.json", "/api/run/status", "/api/stats"];
  const endings = ["csv", "xlsx", "parquet", "json", "zip", "sacmes.txt", "manifest.json"];
  const [, secret = ""] = link.split("/api/exports/");
  const actions = ["disconnect_agent", "disconnect_viewer", "cancel_task", "back_up", "drain", "lookup"];
  return [
    ...open.map((path) => get(path, path, 200)),
    get("/api/sessions", "/api/sessions", 200, user),
    get("/api/sessions", "/api/sessions", "user_id_required"),
    get("/api/sessions", "/api/sessions", "invalid_user_id", "Bearer nonsense"),
    get("/api/sessions", "/api/sessions", "unknown_user_id", NOBODY),
    get("/api/sessions", "/api/sessions", "unknown_share_link", "Bearer bcs_abcdefghijklmnopqrstu"),
    get(one, `/api/sessions/${session_id}`, 200, user),
    get(one, "/api/sessions/nothing", "session_not_found", user),
    ...endings.flatMap((ending) => {
      const path = `${one}/export.${ending}`;
      const url = `/api/sessions/${session_id}/export.${ending}`;
      return [
        get(path, url, 200, user),
        get(path, `${url}?since=1`, 200, user),
        get(path, url, "user_id_required"),
        get(path, `${url}?epoch=another`, "epoch_changed", user),
        get(path, `${url}?version=9`, "version_gone", user),
        get(path, `${url}?since=-1`, "invalid_message", user),
        get(path, `/api/sessions/abcdefghijklmnopqrstu/export.${ending}`, "session_not_found", user),
      ];
    }),
    get("/api/exports/{link}", link, 200),
    get("/api/exports/{link}", `/api/exports/${secret.slice(1)}`, "not_found"),
    get("/api/exports/{link}/manifest.json", `${link}/manifest.json`, 200),
    get("/api/exports/{link}/manifest.json", "/api/exports/x/manifest.json", "not_found"),
    get("/api/admin/state", "/api/admin/state", 200, admin),
    get("/api/admin/state", "/api/admin/state", "invalid_admin_token", user),
    ...actions.flatMap((action) => [
      act(action, {}, "invalid_admin_token", user),
      act(action, { nonsense: 1 }, "invalid_message"),
    ]),
    act("lookup", { text: user_id }, 200),
    act("lookup", { text: "not an ID" }, "invalid_user_id"),
    act("cancel_task", { tag, task_id: "no-such-task" }, "task_not_found"),
    act("cancel_task", { tag, task_id }, 200),
    act("back_up", {}, 200),
    act("disconnect_viewer", { viewer_id: viewer.socket.id }, 200),
    act("disconnect_viewer", { viewer_id: "nobody" }, "not_found"),
    act("disconnect_agent", { tag }, 200),
    act("disconnect_agent", { tag: "a".repeat(22) }, "not_found"),
    act("drain", {}, 200),
  ];
}

describe("the OpenAPI document", () => {
  let document: Document;
  beforeAll(async () => {
    // As a hub of its own serves it; the tests below have hubs of theirs.
    const { openApi } = await import("../../server/reference/openapi.ts");
    document = JSON.parse(JSON.stringify(openApi()));
  });

  /** Reads a schema of the document as a validator. */
  function validatorOf(schema: object): z.ZodType {
    const text = JSON.stringify({ ...schema, $defs: document.components.schemas });
    return z.fromJSONSchema(JSON.parse(text.replaceAll("#/components/schemas/", "#/$defs/")));
  }

  test("has every address below /api, and no other than there are", async () => {
    const hub = await startHub({ env: { ADMIN_TOKEN } });
    const documented = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    const real = routesOf(hub)
      .filter(({ method }) => method !== "head")
      .map(({ method, path }) => `${method} ${path}`);
    expect(real.length).toBeGreaterThan(20);
    expect(documented.filter((one) => !real.includes(one))).toEqual([]);
    expect(real.filter((one) => one.includes("/api/") && !documented.includes(one))).toEqual([]);
    const served = await ask(hub.url, "/api/openapi.json");
    expect(served.headers["content-type"]).toMatch(/^application\/json/);
    expect(served.json()).toEqual(document);
  });

  test("is true: every address answers as it says, when it serves and when it refuses", async () => {
    const scene = await startScene();
    const served = new Set<string>();
    for (const question of questions(scene)) {
      const { method, path, url, authorization, body, expected } = question;
      const what = `${method} ${url} → ${expected}`;
      const reply = await ask(scene.hub.url, url, {
        method: method.toUpperCase(),
        headers: {
          ...(authorization === undefined ? {} : { authorization }),
          ...(body === undefined ? {} : { "content-type": "application/json" }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const said = document.paths[path]?.[method]?.responses[String(reply.status)];
      expect(said, `${what}, answered ${reply.status} ${reply.text.slice(0, 200)}`).toBeDefined();
      if (said === undefined) continue;
      const [[mediaType = "", { schema } = { schema: {} }] = []] = Object.entries(said.content);
      if (typeof expected === "string") {
        const { error } = reply.json() as { error: WireError };
        expect(error.code, what).toBe(expected);
        expect(said.description, what).toContain(`\`${expected}\``);
      } else {
        expect(reply.status, what).toBe(expected);
        served.add(`${method} ${path}`);
      }
      if (mediaType !== "application/json") {
        if (mediaType !== "application/octet-stream") expect(reply.headers["content-type"]).toBe(mediaType);
        continue;
      }
      const valid = validatorOf(schema).safeParse(reply.json());
      expect(valid.success ? [] : valid.error.issues, what).toEqual([]);
    }
    const all = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    expect(all.filter((one) => !served.has(one))).toEqual([]);
  }, 240_000);
});
