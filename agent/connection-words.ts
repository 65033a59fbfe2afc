import type { WireError } from "../shared/protocol/errors.ts";

/** What Socket.IO says of a failed connection; which fields are there depends on the transport. */
export interface ConnectionFailure {
  readonly message: string;
  /** The hub's own refusal. */
  readonly data?: unknown;
  /** HTTP status of the polling transport, 0 when there was no reply. */
  readonly description?: unknown;
  readonly context?: unknown;
}

type Refusal = Pick<WireError, "code" | "message" | "retryable">;

/** The hub's refusal that a failed connection carries, or null when the hub was not even reached. */
export function refusalOf({ data, context }: ConnectionFailure): Refusal | null {
  return readRefusal(data) ?? readRefusal(bodyOf(context));
}

function readRefusal(data: unknown): Refusal | null {
  if (typeof data !== "object" || data === null) return null;
  const { code, message, retryable } = data as Partial<WireError>; // checked in the next line
  if (typeof code !== "string" || typeof message !== "string") return null;
  return { code, message: message.slice(0, 500), retryable: retryable === true };
}

/** One honest line about a failed connection: what is true, then what to do. */
export function explainFailure(failure: ConnectionFailure, hubUrl: string): string {
  const refusal = refusalOf(failure);
  if (refusal !== null) return `The hub refuses this agent: ${refusal.message}`;
  const status = typeof failure.description === "number" ? failure.description : 0;
  if (status > 0) return explainStatus(status, hubUrl);
  const words = `${failure.message} ${networkErrorOf(failure.context)}`;
  return (
    NETWORK_ERRORS.find(([pattern]) => pattern.test(words))?.[1](hubUrl) ??
    `The hub at ${hubUrl} cannot be reached (${failure.message}). Trying again.`
  );
}

const NETWORK_ERRORS: readonly (readonly [RegExp, (hubUrl: string) => string])[] = [
  [
    /ECONNREFUSED/,
    (hub) => `Nothing answers at ${hub}. Check that the hub runs and that the port is right. Trying again.`,
  ],
  [
    /ENOTFOUND|EAI_AGAIN/,
    (hub) =>
      `The name ${new URL(hub).hostname} is not known here. Check the address and this computer's network. Trying again.`,
  ],
  [
    /EHOSTUNREACH|ENETUNREACH|ENETDOWN/,
    (hub) => `There is no way from this computer to ${hub}. Check its network. Trying again.`,
  ],
  [
    /certificate|CERT_|ALTNAME/i,
    (hub) =>
      `This computer does not trust the certificate of ${hub}. If your institute signs its own, point NODE_EXTRA_CA_CERTS to its certificate and start again.`,
  ],
  [
    /EPROTO|wrong version number|SSL routines/i,
    (hub) => `${hub} answers without encryption. If that is intended, use ${hub.replace(/^https/, "http")}.`,
  ],
  [
    /server error|parser error/,
    (hub) =>
      `Something other than a hub answers at ${hub}, perhaps the network's login page. Open the address in a browser. Trying again.`,
  ],
  [
    /timeout|ETIMEDOUT/,
    (hub) =>
      `The hub at ${hub} does not answer. A firewall may be in the way, or the address wrong. Trying again.`,
  ],
  [
    /ECONNRESET|EPIPE|socket hang up|closed/i,
    (hub) =>
      `The connection to ${hub} is cut as soon as it is made. A proxy may be in the way. Trying again.`,
  ],
];

function explainStatus(status: number, hub: string): string {
  if (status === 403)
    return `${hub} refuses this connection (403). Its operator may have to allow this program or network. Trying again.`;
  if (status === 404 || status === 405)
    return `There is a server at ${hub}, but no hub (${status}). Check the address. Trying again.`;
  if (status === 407)
    return `A proxy on the way to ${hub} wants a login (407). Ask your network's operator for a direct way. Trying again.`;
  if (status >= 500) return `The hub behind ${hub} is not running or restarting (${status}). Trying again.`;
  return `The server at ${hub} answers with ${status}. Check the address. Trying again.`;
}

/** What the hub refuses before there is a connection stands in the reply to the polling transport. */
function bodyOf(context: unknown): unknown {
  try {
    const body: unknown = JSON.parse(replyOf(context));
    return typeof body === "object" && body !== null && "error" in body ? body.error : null;
  } catch {
    return null;
  }
}

/** The polling transport keeps Node's error as the text of the reply that never came. */
function networkErrorOf(context: unknown): string {
  return replyOf(context).slice(0, 500);
}

function replyOf(context: unknown): string {
  if (typeof context !== "object" || context === null || !("responseText" in context)) return "";
  return typeof context.responseText === "string" ? context.responseText : "";
}
