import type { FastifyInstance } from "fastify";
import manifest from "../../package.json" with { type: "json" };
import { FORMATS } from "../../shared/formats/registry.ts";
import { SessionTechnique } from "../../shared/protocol/analysis-params.ts";
import { ExportFormat } from "../../shared/protocol/export-format.ts";
import { PROTOCOL_VERSION } from "../../shared/protocol/limits.ts";
import type { Health, ReadyReport, RunStatus, Statistics } from "../../shared/protocol/operator-reports.ts";
import { numbersOf } from "../operations/hub-numbers.ts";
import { StoreTotals } from "../operations/store-totals.ts";
import type { Hub } from "../realtime/hub.ts";
import { openApi } from "../reference/openapi.ts";

/** What whoever runs a hub asks it: people, load balancers, Prometheus. None of it says anything of a user. */
export function addOperatorRoutes(app: FastifyInstance, hub: Hub): void {
  const { readiness, metrics, config } = hub;
  const storage = config.REDIS_URL === undefined ? ("file" as const) : ("redis" as const);
  metrics.observe(() => numbersOf(hub), { version: manifest.version, storage });
  countReplies(app, hub);
  app.get("/health", (): Health => {
    const { agents, viewers, sessions, tasks } = numbersOf(hub);
    const problem = hub.store.problem();
    return {
      status: readiness.draining ? "draining" : problem === null ? "ok" : "degraded",
      version: manifest.version,
      storage,
      store: problem ?? "ok",
      streaming: { agents, viewers, sessions },
      execution: { active_tasks: tasks.running, queued_tasks: tasks.queued },
      capabilities: CAPABILITIES,
    };
  });
  app.get("/ready", (_request, reply) => {
    const reason = readiness.reason();
    const report: ReadyReport = { ready: reason === null, reason, warnings: [...readiness.warnings] };
    return reply.code(reason === null ? 200 : 503).send(report);
  });
  app.get("/metrics", async (_request, reply) =>
    reply.type(metrics.registry.contentType).send(await metrics.text()),
  );
  addStatistics(app, hub);
  const document = JSON.stringify(openApi());
  app.get("/api/openapi.json", (_request, reply) =>
    reply.type("application/json; charset=utf-8").send(document),
  );
}

const CAPABILITIES = {
  protocol: PROTOCOL_VERSION,
  techniques: [...SessionTechnique.options],
  formats: FORMATS.map(({ name }) => name),
  exports: [...ExportFormat.options],
} satisfies Health["capabilities"];

/** Two views of one object: what is worked on, and what was asked for. */
function addStatistics(app: FastifyInstance, hub: Hub): void {
  const totals = new StoreTotals(hub);
  const { requests } = hub.metrics;
  app.get("/api/run/status", (): RunStatus => {
    const { running, queued } = numbersOf(hub).tasks;
    return { active_tasks: running, queued_tasks: queued, message: workMessage(running, queued) };
  });
  app.get(
    "/api/stats",
    async (): Promise<Statistics> => ({
      attempts: requests.attempts,
      blocked: requests.blocked,
      currently_processing: numbersOf(hub).tasks.running,
      store: await totals.read(),
    }),
  );
}

function workMessage(running: number, queued: number): string {
  if (running === 0 && queued === 0) return "Nothing waits; a new task starts at once.";
  const waits = queued === 0 ? "none waits" : queued === 1 ? "one waits" : `${queued} wait`;
  return `${running === 1 ? "One task runs" : `${running} tasks run`}, ${waits}.`;
}

function countReplies(app: FastifyInstance, { metrics }: Hub): void {
  app.addHook("onResponse", async ({ routeOptions }, { statusCode }) =>
    metrics.requests.http(routeOptions.url, statusCode),
  );
}
