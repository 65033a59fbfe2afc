import { z } from "zod";
import manifest from "../../package.json" with { type: "json" };
import { ERRORS, type ErrorCode } from "../../shared/protocol/errors.ts";
import { type JsonSchema, jsonSchemaOf } from "./named-schemas.ts";
import { REST_ROUTES, type RestRoute } from "./rest-routes.ts";

/** Any address may answer these: the edge is before all of them. */
const EDGE: readonly ErrorCode[] = ["unknown_host", "forbidden_origin", "too_many_requests", "internal"];

const ErrorBody = z.object({
  error: z.object({
    code: z.enum(Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]]),
    message: z.string(),
    retryable: z.boolean(),
    details: z.unknown().optional(),
  }),
});

const ERROR_REF = "#/components/schemas/Error";

/** The REST part as an OpenAPI 3.1 document, made from the schemas that the hub itself uses. */
export function openApi(): JsonSchema {
  const schemas: Record<string, JsonSchema> = { Error: inDocument(ErrorBody, "output", {}) };
  const paths: Record<string, Record<string, JsonSchema>> = {};
  for (const route of REST_ROUTES) {
    const path = route.path.replace(/:(\w+)/g, "{$1}");
    paths[path] = { ...paths[path], [route.method]: operation(route, schemas) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Benchcast hub",
      version: manifest.version,
      description:
        "Sessions and exports over HTTP. Live data travels over Socket.IO: see shared/protocol/EVENTS.md. Every error is `{error: {code, message, retryable, details?}}`; HEAD is answered wherever GET is for exports.",
      license: { name: manifest.license, identifier: manifest.license },
    },
    servers: [{ url: "/" }],
    paths,
    components: {
      schemas,
      securitySchemes: {
        user: { type: "http", scheme: "bearer", description: "The User ID, or a share link's token." },
        admin: { type: "http", scheme: "bearer", description: "ADMIN_TOKEN of the hub." },
      },
    },
  };
}

function operation(route: RestRoute, schemas: Record<string, JsonSchema>): JsonSchema {
  const { path, summary, needs, query, body } = route;
  return {
    operationId: `${route.method}_${path.replace(/[^a-z]+/gi, "_")}`.replace(/_+$/, ""),
    summary,
    security: needs === "nothing" ? [] : [{ [needs]: [] }],
    parameters: [...pathParameters(path), ...(query === undefined ? [] : queryParameters(query))],
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: { "application/json": { schema: inDocument(body, "input", schemas) } },
          },
        }),
    responses: { ...successes(route, schemas), ...refusals([...route.errors, ...EDGE]) },
  };
}

function pathParameters(path: string): JsonSchema[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string" },
  }));
}

function queryParameters(query: z.ZodType): JsonSchema[] {
  // As it is understood: what it is in the address is text.
  const { properties } = jsonSchemaOf(query, "output", () => "").schema as { readonly properties: object };
  return Object.entries(properties).map(([name, schema]) => ({ name, in: "query", required: false, schema }));
}

function successes({ replies }: RestRoute, schemas: Record<string, JsonSchema>): Record<string, JsonSchema> {
  const entries = Object.entries(replies).map(([status, reply]) => {
    const content =
      typeof reply === "string"
        ? { [reply]: { schema: { type: "string", format: "binary" } } }
        : { "application/json": { schema: inDocument(reply, "output", schemas) } };
    return [status, { description: status === "200" ? "As asked." : "Not now.", content }] as const;
  });
  return Object.fromEntries(entries);
}

/** Errors by their status; which of them a status stands for is in its description. */
function refusals(codes: readonly ErrorCode[]): Record<string, JsonSchema> {
  const byStatus = new Map<number, Set<ErrorCode>>();
  for (const code of codes) {
    const { http } = ERRORS[code];
    byStatus.set(http, (byStatus.get(http) ?? new Set()).add(code));
  }
  const content = { "application/json": { schema: { $ref: ERROR_REF } } };
  return Object.fromEntries(
    [...byStatus].map(([status, set]) => [
      status,
      { description: [...set].map((code) => `\`${code}\`: ${ERRORS[code].message}`).join("\n\n"), content },
    ]),
  );
}

/** The schema with references into the document; what it refers to is put there. */
function inDocument(
  schema: z.ZodType,
  io: "input" | "output",
  schemas: Record<string, JsonSchema>,
): JsonSchema {
  const made = jsonSchemaOf(schema, io, (name) => `#/components/schemas/${name}`);
  Object.assign(schemas, made.named);
  return made.schema;
}
