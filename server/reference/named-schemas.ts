import { z } from "zod";
import { AdminDone, AdminLookup, AdminState } from "../../shared/protocol/admin.ts";
import { Bye, CarriedSession, Credit } from "../../shared/protocol/agent-events.ts";
import { GivenParams, StoredParams } from "../../shared/protocol/analysis-params.ts";
import { ExportManifest } from "../../shared/protocol/export-manifest.ts";
import { Note, NotePlace } from "../../shared/protocol/note.ts";
import { AgentStatus, SessionSummary } from "../../shared/protocol/session.ts";
import { ShareLink } from "../../shared/protocol/share-link.ts";
import { TableDescription } from "../../shared/protocol/table-description.ts";
import { TaskView } from "../../shared/protocol/task.ts";
import { TrendParams } from "../../shared/protocol/trend-params.ts";
import { Proposal } from "../../shared/protocol/viewer-events.ts";
import { VoltammogramPack } from "../../shared/protocol/voltammogram.ts";

/** A JSON Schema, as far as it is looked into here. */
export interface JsonSchema {
  readonly [key: string]: unknown;
}

/** Shapes that stand in several messages, or are long: written once, under their name. */
const NAMED = {
  AdminDone,
  AdminLookup,
  AdminState,
  AgentStatus,
  Bye,
  CarriedSession,
  Credit,
  ExportManifest,
  GivenParams,
  Note,
  NotePlace,
  Proposal,
  SessionSummary,
  ShareLink,
  StoredParams,
  TableDescription,
  TaskView,
  TrendParams,
  VoltammogramPack,
} as const;

const GIVEN_PARAMS =
  "Fields of StoredParams that belong to the technique and method; what is left out gets its default.";

/**
 * Schemas of the protocol as JSON Schema, with references to the named ones.
 *
 * @param io `input`: what a sender may write, defaults left out; `output`: what a reader gets
 * @param refTo where a named schema is found
 */
export function jsonSchemaOf(
  schema: z.ZodType,
  io: "input" | "output",
  refTo: (name: string) => string,
): { readonly schema: JsonSchema; readonly named: Readonly<Record<string, JsonSchema>> } {
  const metadata = z.registry<{ id: string }>();
  for (const [id, one] of Object.entries(NAMED)) if (one !== schema) metadata.add(one, { id });
  const made = z.toJSONSchema(schema, { io, metadata, unrepresentable: "any", override: describeBytes });
  // What the library made is JSON: as text the references are turned at once, wherever they stand.
  const text = JSON.stringify(made).replace(/"#\/\$defs\/(\w+)"/g, (_, name) => JSON.stringify(refTo(name)));
  const { $schema: _, $defs = {}, ...rest } = JSON.parse(text) as JsonSchema;
  const named = Object.entries($defs as Record<string, JsonSchema>).map(([name, { id: __, ...one }]) => [
    name,
    one,
  ]);
  return { schema: rest, named: Object.fromEntries(named) };
}

/** Bounds that every integer has by itself say nothing; a custom check is of bytes, but for parameters. */
function describeBytes({ zodSchema, jsonSchema }: { zodSchema: z.core.$ZodTypes; jsonSchema: object }): void {
  const made = jsonSchema as Record<string, unknown>;
  const isParams = (zodSchema as unknown) === GivenParams; // two views of one object
  if (isParams) Object.assign(made, { type: "object", description: GIVEN_PARAMS });
  else if (zodSchema._zod.def.type === "custom") Object.assign(made, { type: "string", format: "binary" });
  if (made.maximum === Number.MAX_SAFE_INTEGER) delete made.maximum;
  if (made.minimum === Number.MIN_SAFE_INTEGER) delete made.minimum;
}
