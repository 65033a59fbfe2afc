import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { FastifyInstance } from "fastify";
import { ADMIN_ACTIONS, type AdminAction } from "../../shared/protocol/admin.ts";
import { RequestError } from "../../shared/protocol/errors.ts";
import type { Hub } from "../realtime/hub.ts";
import { adminActions } from "./admin-actions.ts";
import { AdminDoor } from "./admin-door.ts";
import { adminState } from "./admin-state.ts";

/**
 * The operator's page and what it asks. The page itself is no secret; everything behind it needs ADMIN_TOKEN as
 * bearer token, so that no cookie can be ridden and no address holds it.
 */
export function addAdminRoutes(app: FastifyInstance, hub: Hub, dist: string): void {
  const door = new AdminDoor(hub.config.ADMIN_TOKEN, hub);
  const actions = adminActions(hub);
  app.get("/admin", (_request, reply) => {
    if (hub.config.ADMIN_TOKEN === undefined) throw new RequestError("admin_off");
    const page = join(dist, "web", "admin.html");
    if (!existsSync(page)) throw new RequestError("not_found", "The page was not built: npm run build");
    return reply
      .header("cache-control", "no-cache")
      .type("text/html; charset=utf-8")
      .send(readFileSync(page));
  });
  app.get("/api/admin/state", async (request) => {
    await door.admit(request);
    return adminState(hub);
  });
  for (const action of Object.keys(ADMIN_ACTIONS) as AdminAction[])
    app.post(`/api/admin/${action}`, async (request) => {
      await door.admit(request);
      const payload = ADMIN_ACTIONS[action].safeParse(request.body ?? {});
      if (!payload.success) throw new RequestError("invalid_message", payload.error.issues[0]?.message);
      if (action !== "lookup") hub.log.info({ action }, "operator acts");
      // Parsed by this very action's schema, which a name that is still open cannot express in types.
      return actions[action](payload.data as never);
    });
}
