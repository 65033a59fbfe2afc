import { existsSync } from "node:fs";
import { join, relative, sep } from "node:path";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance } from "fastify";

const NOT_BUILT = "The viewer was not built. Run on the hub: npm run build\n";

/** Serves the built viewer. Names of assets carry their hash, so they may be kept; the page itself may not. */
export async function addViewerFiles(app: FastifyInstance, dist: string): Promise<void> {
  const root = join(dist, "web");
  if (!existsSync(join(root, "index.html"))) {
    app.get("/", (_request, reply) => reply.code(503).type("text/plain").send(NOT_BUILT));
    return;
  }
  await app.register(fastifyStatic, {
    root,
    dotfiles: "ignore",
    cacheControl: false, // said below
    setHeaders: (response, path) => {
      const lasting = relative(root, path).split(sep)[0] === "assets";
      response.setHeader("cache-control", lasting ? "public, max-age=31536000, immutable" : "no-cache");
    },
  });
}
