import { z } from "zod";
import { ADMIN_ACTIONS, AdminDone, AdminLookup, AdminState } from "../../shared/protocol/admin.ts";
import type { ErrorCode } from "../../shared/protocol/errors.ts";
import { ExportFormat } from "../../shared/protocol/export-format.ts";
import { ManifestWithFiles } from "../../shared/protocol/export-manifest.ts";
import { ExportAddressQuery } from "../../shared/protocol/export-request.ts";
import { Health, ReadyReport, RunStatus, Statistics } from "../../shared/protocol/operator-reports.ts";
import { SessionSummary } from "../../shared/protocol/session.ts";
import { FORMATS } from "../exports/formats.ts";

/** One address of the REST part, as it is documented. */
export interface RestRoute {
  readonly method: "get" | "post";
  /** As Fastify writes it: `:name` is a parameter. */
  readonly path: string;
  readonly summary: string;
  /** What the Authorization header must hold, as bearer token. */
  readonly needs: "nothing" | "user" | "admin";
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  /** By status; a text is the media type of what is no JSON. */
  readonly replies: Readonly<Record<number, z.ZodType | string>>;
  readonly errors: readonly ErrorCode[];
}

const OF_USERS = ["user_id_required", "invalid_user_id", "unknown_user_id", "unknown_share_link"] as const;
const OF_ADMINS = ["admin_off", "invalid_admin_token"] as const;
const OF_EXPORTS = [
  "unknown_export_format",
  "session_not_found",
  "version_gone",
  "epoch_changed",
  "shutdown",
] as const;
const WITH_PLACES =
  "`X-Benchcast-Epoch`, `-Since`, `-End` and `-Version` say which part of the log it holds; `Link` leads to its manifest.";

const ADMIN_WORDS: Readonly<Record<keyof typeof ADMIN_ACTIONS, string>> = {
  disconnect_agent: "Ends an agent's connection; it may come back after a minute.",
  disconnect_viewer: "Ends a viewer's connection; it may come back after a minute.",
  cancel_task: "Cancels anybody's task.",
  back_up: "Makes a backup now.",
  drain: "Says goodbye to everybody and ends this hub.",
  lookup: "How a User ID appears in the log, or whose hash that is.",
};

const ADMIN_ERRORS: Readonly<Partial<Record<keyof typeof ADMIN_ACTIONS, readonly ErrorCode[]>>> = {
  disconnect_agent: ["not_found"],
  disconnect_viewer: ["not_found"],
  cancel_task: ["task_not_found", "task_not_cancellable"],
  back_up: ["not_found"],
  lookup: ["invalid_user_id"],
};

/** Every address below `/api`, and those that operators' programs ask. A test holds it against what a hub answers. */
export const REST_ROUTES: readonly RestRoute[] = [
  report("/health", "Whether the process lives; answered from memory alone.", { 200: Health }),
  report("/ready", "Whether new connections should come to this hub.", {
    200: ReadyReport,
    503: ReadyReport,
  }),
  report("/metrics", "Numbers for Prometheus.", { 200: "text/plain; version=0.0.4; charset=utf-8" }),
  report("/api/openapi.json", "This document.", { 200: z.looseObject({ openapi: z.string() }) }),
  report("/api/run/status", "What is worked on.", { 200: RunStatus }),
  {
    ...report("/api/stats", "What was asked for, and what the store holds.", { 200: Statistics }),
    errors: ["store_unavailable"],
  },
  {
    method: "get",
    path: "/api/sessions",
    summary: "All sessions of the agent, newest first.",
    needs: "user",
    replies: { 200: z.object({ sessions: z.array(SessionSummary) }) },
    errors: OF_USERS,
  },
  {
    method: "get",
    path: "/api/sessions/:session_id",
    summary: "One session.",
    needs: "user",
    replies: { 200: z.object({ session: SessionSummary }) },
    errors: [...OF_USERS, "session_not_found"],
  },
  ...ExportFormat.options.map(exportAs),
  {
    ...exportAs("csv"),
    path: "/api/sessions/:session_id/export.manifest.json",
    summary: "How the numbers of an export were made, and whether anything is missing.",
    replies: { 200: ManifestWithFiles },
  },
  {
    method: "get",
    path: "/api/exports/:link",
    summary: `A session's results by the short-lived link that \`request_export_data\` gave. ${WITH_PLACES}`,
    needs: "nothing",
    replies: { 200: "application/octet-stream" },
    errors: ["not_found", "link_expired", ...OF_EXPORTS],
  },
  {
    method: "get",
    path: "/api/exports/:link/manifest.json",
    summary: "The manifest of that export.",
    needs: "nothing",
    replies: { 200: ManifestWithFiles },
    errors: ["not_found", "link_expired", ...OF_EXPORTS],
  },
  {
    method: "get",
    path: "/api/admin/state",
    summary: "This hub as its operator's page shows it.",
    needs: "admin",
    replies: { 200: AdminState },
    errors: OF_ADMINS,
  },
  ...Object.entries(ADMIN_ACTIONS).map(([name, body]): RestRoute => {
    const action = name as keyof typeof ADMIN_ACTIONS; // its own key
    const errors = [...OF_ADMINS, "invalid_message" as const, ...(ADMIN_ERRORS[action] ?? [])];
    const reply = action === "lookup" ? AdminLookup : AdminDone;
    return {
      method: "post",
      path: `/api/admin/${action}`,
      summary: ADMIN_WORDS[action],
      needs: "admin",
      body,
      replies: { 200: reply },
      errors,
    };
  }),
];

function report(path: string, summary: string, replies: RestRoute["replies"]): RestRoute {
  return { method: "get", path, summary, needs: "nothing", replies, errors: [] };
}

function exportAs(format: ExportFormat): RestRoute {
  return {
    method: "get",
    path: `/api/sessions/:session_id/export.${format}`,
    summary: `A session's results as ${format}. ${WITH_PLACES}`,
    needs: "user",
    query: ExportAddressQuery,
    replies: { 200: FORMATS[format].mediaType },
    errors: [...OF_USERS, ...OF_EXPORTS, "invalid_message"],
  };
}
