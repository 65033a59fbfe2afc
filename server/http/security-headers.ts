import type { Config } from "../config.ts";

/**
 * Own scripts, styles and sockets only; nothing inline, nothing from elsewhere. Style attributes set by scripts are
 * not styles in the page. What a file name or a note could smuggle in does not run.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "manifest-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const ALWAYS = {
  "content-security-policy": CONTENT_SECURITY_POLICY,
  // The address of a page may hold a User ID (in its fragment, which is not sent anyway).
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "x-robots-tag": "noindex, nofollow",
};

const YEAR_S = 31_536_000;

/** Headers of every reply. HTTPS is demanded from browsers only where the operator says that it is there. */
export function securityHeaders({
  PUBLIC_URL,
}: Pick<Config, "PUBLIC_URL">): Readonly<Record<string, string>> {
  if (PUBLIC_URL?.startsWith("https:") !== true) return ALWAYS;
  return { ...ALWAYS, "strict-transport-security": `max-age=${YEAR_S}` };
}
