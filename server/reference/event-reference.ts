import type { z } from "zod";
import {
  AGENT_REQUESTS,
  AgentAuth,
  Bye,
  HUB_REQUESTS,
  Registered,
  ViewerCount,
} from "../../shared/protocol/agent-events.ts";
import { ERRORS } from "../../shared/protocol/errors.ts";
import { PROTOCOL_VERSION } from "../../shared/protocol/limits.ts";
import {
  AGENT_REQUEST_ERRORS,
  ALWAYS_POSSIBLE,
  HUB_REQUEST_ERRORS,
  OF_MEMBERS,
  VIEWER_REQUEST_ERRORS,
} from "../../shared/protocol/request-errors.ts";
import { AgentStatus } from "../../shared/protocol/session.ts";
import {
  HubStatus,
  LiveAnalysisUpdate,
  SessionStatePush,
  TaskUpdate,
  VIEWER_REQUESTS,
  ViewerAuth,
} from "../../shared/protocol/viewer-events.ts";
import { PERMISSIONS } from "../access/permissions.ts";
import { AGENT_WORDS, HUB_WORDS, TO_AGENT_WORDS, TO_VIEWER_WORDS, VIEWER_WORDS } from "./event-words.ts";
import { type JsonSchema, jsonSchemaOf } from "./named-schemas.ts";
import { typeText } from "./type-text.ts";

const TO_AGENT = { registered: Registered, viewer_count: ViewerCount, bye: Bye } satisfies Record<
  keyof typeof TO_AGENT_WORDS,
  z.ZodType
>;
const TO_VIEWER = {
  live_analysis_update: LiveAnalysisUpdate,
  session_state: SessionStatePush,
  agent_status: AgentStatus,
  task_update: TaskUpdate,
  hub_status: HubStatus,
  bye: Bye,
} satisfies Record<keyof typeof TO_VIEWER_WORDS, z.ZodType>;

interface Request {
  readonly payload: z.ZodType;
  readonly reply: z.ZodType;
}

/** Everything that is read off the schemas while the page is written. */
class Shapes {
  readonly #named = new Map<string, JsonSchema>();

  text(schema: z.ZodType, io: "input" | "output"): string {
    const made = jsonSchemaOf(schema, io, (name) => `#shape-${name}`);
    // Those of answers win: a reader wants to know what is there, defaults filled in.
    for (const [name, one] of Object.entries(made.named))
      if (io === "output" || !this.#named.has(name)) this.#named.set(name, one);
    return typeText(made.schema);
  }

  section(): string {
    const rows = [...this.#named].sort(([a], [b]) => a.localeCompare(b));
    return rows
      .map(([name, schema]) => {
        const words = typeof schema.description === "string" ? `${schema.description}\n\n` : "";
        return `### ${name}\n\n${words}${code(typeText(schema))}`;
      })
      .join("\n\n");
  }
}

/** The reference of every event, as Markdown: made from the schemas, permissions and errors that the hub itself uses. */
export function eventReference(): string {
  const shapes = new Shapes();
  const parts = [
    INTRODUCTION,
    `## Handshakes\n\n### Viewer (\`auth\`)\n\n${code(shapes.text(ViewerAuth, "input"))}\n\n### Agent (\`auth\`)\n\n${code(shapes.text(AgentAuth, "input"))}`,
    chapter("Viewer → hub", VIEWER_REQUESTS, VIEWER_WORDS, VIEWER_REQUEST_ERRORS, shapes, roleText),
    pushes("Hub → viewer", TO_VIEWER, TO_VIEWER_WORDS, shapes),
    chapter("Agent → hub", AGENT_REQUESTS, AGENT_WORDS, AGENT_REQUEST_ERRORS, shapes, roleText),
    chapter("Hub → agent", HUB_REQUESTS, HUB_WORDS, HUB_REQUEST_ERRORS, shapes, () => "the hub"),
    pushes("Hub → agent, without an answer", TO_AGENT, TO_AGENT_WORDS, shapes),
    `## Shapes\n\n${shapes.section()}`,
    `## Errors\n\n${errorTable()}`,
  ];
  return `${parts.join("\n\n")}\n`;
}

const INTRODUCTION = `# Events

Made by \`npm run reference\` from the schemas in this folder; a test compares. Socket.IO 4, default namespace, protocol version
${PROTOCOL_VERSION}. Every request is acknowledged: \`{ ok: true, value }\` or \`{ ok: false, error: { code, message, retryable, details? } }\`.
Binary fields are little-endian; columns of results Float64 (absent: NaN), of curves Float32.

Any request may be answered with ${list(ALWAYS_POSSIBLE)}, those of viewers but \`join\` also with
${list(OF_MEMBERS)}; \`unknown_event\` answers what is not in this list. Roles: \`view\` and \`control\` are
those of share links, and a User ID gives \`control\`.`;

function chapter(
  title: string,
  table: Readonly<Record<string, Request>>,
  words: Readonly<Record<string, string>>,
  errors: Readonly<Record<string, readonly string[]>>,
  shapes: Shapes,
  who: (name: string) => string,
): string {
  const events = Object.entries(table).map(([name, { payload, reply }]) =>
    [
      `### \`${name}\``,
      words[name],
      `Sent by ${who(name)}. Errors: ${list(errors[name] ?? [])}.`,
      `Payload:\n\n${code(shapes.text(payload, "input"))}`,
      `Value:\n\n${code(shapes.text(reply, "output"))}`,
    ].join("\n\n"),
  );
  return `## ${title}\n\n${events.join("\n\n")}`;
}

function pushes(
  title: string,
  table: Readonly<Record<string, z.ZodType>>,
  words: Readonly<Record<string, string>>,
  shapes: Shapes,
): string {
  const events = Object.entries(table).map(
    ([name, schema]) => `### \`${name}\`\n\n${words[name]}\n\n${code(shapes.text(schema, "output"))}`,
  );
  return `## ${title}\n\n${events.join("\n\n")}`;
}

function roleText(name: string): string {
  const parties = PERMISSIONS[name as keyof typeof PERMISSIONS] as readonly string[]; // its own names
  return parties
    .map((party) => (party === "visitor" ? "anybody" : party === "agent" ? "the agent" : `\`${party}\``))
    .join(", ");
}

function errorTable(): string {
  const rows = Object.entries(ERRORS).map(
    ([code, { http, retryable, message }]) =>
      `| \`${code}\` | ${http} | ${retryable ? "yes" : "no"} | ${message} |`,
  );
  return [
    "| code | HTTP | retryable | message, where nothing better is known |",
    "| --- | --- | --- | --- |",
    ...rows,
  ].join("\n");
}

function list(codes: readonly string[]): string {
  return codes.length === 0 ? "no others" : [...new Set(codes)].map((one) => `\`${one}\``).join(", ");
}

/** One line a field where a shape is long. */
function code(text: string): string {
  const lines = text.length <= 100 ? text : broken(text);
  return `\`\`\`ts\n${lines}\n\`\`\``;
}

/** Breaks the outermost braces of a type, and those inside that are still too long. */
function broken(text: string, indent = ""): string {
  if (text.length + indent.length <= 100) return text;
  const open = text.indexOf("{ ");
  const close = matching(text, open);
  if (open === -1 || close === -1) return text;
  const fields = split(text.slice(open + 2, close - 1), ", ");
  const inner = `${indent}  `;
  const lines = fields.map((field) => `${inner}${broken(field, inner)},`);
  return `${text.slice(0, open)}{\n${lines.join("\n")}\n${indent}}${broken(text.slice(close + 1), indent)}`;
}

/** Where the brace that opens at `open` closes; −1: nowhere. */
function matching(text: string, open: number): number {
  let depth = 0;
  for (let at = open; at >= 0 && at < text.length; at += 1) {
    if (text[at] === "{") depth += 1;
    if (text[at] === "}") depth -= 1;
    if (depth === 0) return at;
  }
  return -1;
}

function split(text: string, separator: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at < text.length; at += 1) {
    if ("{[(".includes(text[at] ?? "")) depth += 1;
    if ("}])".includes(text[at] ?? "")) depth -= 1;
    if (depth !== 0 || !text.startsWith(separator, at)) continue;
    parts.push(text.slice(from, at));
    from = at + separator.length;
  }
  return [...parts, text.slice(from)];
}
