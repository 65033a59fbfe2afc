import { createReadStream, existsSync } from "node:fs";
import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import { RequestError } from "../../shared/protocol/errors.ts";

interface Paths {
  /** Folder with the bundled agent. */
  readonly dist: string;
}

/** The agent, to download. */
export function addRoutes(app: FastifyInstance, { dist }: Paths): void {
  app.get("/agent", (_request, reply) => {
    const file = join(dist, "benchcast-agent.mjs");
    if (!existsSync(file))
      throw new RequestError("not_found", "The agent was not built. Run on the hub: npm run build");
    return reply
      .header("content-disposition", 'attachment; filename="benchcast-agent.mjs"')
      .type("text/javascript")
      .send(createReadStream(file));
  });
}
