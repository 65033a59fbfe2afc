import type { JsonSchema } from "./named-schemas.ts";

const REFERENCE = /^#shape-(\w+)$/;

/** A JSON Schema as people read types: `{ since: integer ≥ 0, epoch?: text ≤ 64 }`. */
export function typeText(schema: JsonSchema): string {
  const { $ref, anyOf, oneOf, allOf, enum: options } = schema as Record<string, unknown>;
  if (typeof $ref === "string") return REFERENCE.exec($ref)?.[1] ?? $ref;
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (Array.isArray(options)) return options.map((option) => JSON.stringify(option)).join(" | ");
  const either = anyOf ?? oneOf;
  if (Array.isArray(either)) return [...new Set(either.map(typeText))].join(" | ");
  if (Array.isArray(allOf)) return allOf.map(typeText).join(" & ");
  const { type } = schema;
  if (Array.isArray(type)) return type.map((one) => typeText({ ...schema, type: one })).join(" | ");
  if (type === "object") return objectText(schema);
  if (type === "array") return arrayText(schema);
  if (type === "string") return schema.format === "binary" ? "bytes" : `text${lengthText(schema)}`;
  if (type === "integer" || type === "number") return `${type}${rangeText(schema)}`;
  return typeof type === "string" ? type : "any";
}

function objectText(schema: JsonSchema): string {
  const properties = Object.entries((schema.properties ?? {}) as Record<string, JsonSchema>);
  const required = new Set(schema.required as readonly string[] | undefined);
  if (properties.length === 0) {
    const { additionalProperties: values } = schema;
    return typeof values === "object" ? `{ [name]: ${typeText(values as JsonSchema)} }` : "{ }";
  }
  const fields = properties.map(([name, field]) => {
    const fallback = field.default === undefined ? "" : ` = ${JSON.stringify(field.default)}`;
    return `${name}${required.has(name) ? "" : "?"}: ${typeText(field)}${fallback}`;
  });
  return `{ ${fields.join(", ")} }`;
}

function arrayText({ items, prefixItems, maxItems }: JsonSchema): string {
  const most = typeof maxItems === "number" ? ` (≤ ${maxItems})` : "";
  if (Array.isArray(prefixItems)) return `[${prefixItems.map(typeText).join(", ")}]`;
  const inner = typeText((items ?? {}) as JsonSchema);
  return `${/^\w+$/.test(inner) ? inner : `(${inner})`}[]${most}`;
}

function lengthText({ maxLength, pattern }: JsonSchema): string {
  const most = typeof maxLength === "number" ? ` ≤ ${maxLength}` : "";
  return most === "" && typeof pattern === "string" ? ` /${pattern}/` : most;
}

function rangeText({ minimum, maximum, exclusiveMinimum }: JsonSchema): string {
  if (exclusiveMinimum !== undefined)
    return ` > ${exclusiveMinimum}${maximum === undefined ? "" : `, ≤ ${maximum}`}`;
  if (minimum !== undefined && maximum !== undefined) return ` ${minimum} … ${maximum}`;
  if (minimum !== undefined) return ` ≥ ${minimum}`;
  return maximum === undefined ? "" : ` ≤ ${maximum}`;
}
