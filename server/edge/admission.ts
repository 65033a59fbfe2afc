import type { IncomingHttpHeaders } from "node:http";
import { hostname } from "node:os";
import { RequestError } from "../../shared/protocol/errors.ts";
import { hostName, isOwnHost } from "./host-name.ts";

/** What the operator has said of this hub's names and of pages elsewhere. */
export interface AdmissionSettings {
  readonly PUBLIC_URL?: string | undefined;
  readonly ALLOWED_HOSTS: readonly string[];
  readonly ALLOWED_ORIGINS: readonly string[];
}

/** The one judge of who may ask at all, for HTTP, polling and WebSockets alike. Knows headers only. */
export class Admission {
  /** Pages that may connect beside the hub's own. */
  readonly origins: readonly string[];
  readonly #names: ReadonlySet<string>;

  constructor({ PUBLIC_URL, ALLOWED_HOSTS, ALLOWED_ORIGINS }: AdmissionSettings) {
    // Behind a proxy the hub may not see its own public name in the Host header, so that is allowed by itself.
    const own = PUBLIC_URL === undefined ? [] : [PUBLIC_URL];
    this.origins = [...ALLOWED_ORIGINS, ...own];
    const hosts = [...own.map((url) => new URL(url).host), ...ALLOWED_HOSTS, hostname().toLowerCase()];
    this.#names = new Set(hosts.flatMap((host) => hostName(host) ?? []));
  }

  /** Why a request with these headers is turned away: unknown_host or forbidden_origin; null: it is not. */
  refusal(headers: IncomingHttpHeaders): RequestError | null {
    if (!isOwnHost(headers.host, this.#names)) return unknownHost(headers.host ?? "");
    return this.#originAllowed(headers) ? null : new RequestError("forbidden_origin");
  }

  /** Programs send no Origin; pages must come from this hub or from an allowed address. */
  #originAllowed({ origin, host }: IncomingHttpHeaders): boolean {
    if (origin === undefined || this.origins.includes(origin)) return true;
    return URL.canParse(origin) && new URL(origin).host === host?.toLowerCase();
  }
}

function unknownHost(header: string): RequestError {
  const name = hostName(header);
  if (name === null) return new RequestError("unknown_host", "The Host header is not the name of a host.");
  return new RequestError(
    "unknown_host",
    `This hub does not know that it is called “${name}”. Its operator can start it with PUBLIC_URL set to the address that people use, or add the name to ALLOWED_HOSTS.`,
  );
}
