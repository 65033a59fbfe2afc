import { existsSync } from "node:fs";
import { join } from "node:path";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance } from "fastify";

/**
 * Own scripts, styles and sockets only. Style attributes set by scripts are allowed by the CSP as they are; none
 * stand in the page. A browser that meets these headers runs nothing that a file name or a note could smuggle in.
 */
const HEADERS = {
  "content-security-policy":
    "default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data: blob:; style-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
};

const NOT_BUILT = "The viewer was not built. Run on the hub: npm run build\n";

/** Serves the built viewer. Names of assets carry their hash, so they may be kept; the page itself may not. */
export async function addViewerFiles(app: FastifyInstance, dist: string): Promise<void> {
  app.addHook("onSend", async (_request, reply) => {
    reply.headers(HEADERS);
  });
  const root = join(dist, "web");
  if (!existsSync(join(root, "index.html"))) {
    app.get("/", (_request, reply) => reply.code(503).type("text/plain").send(NOT_BUILT));
    return;
  }
  await app.register(fastifyStatic, {
    root,
    setHeaders: (response, path) => {
      const lasting = path.includes("/assets/");
      response.setHeader("cache-control", lasting ? "public, max-age=31536000, immutable" : "no-cache");
    },
  });
}
