// The routes.

import { Hono } from "hono/tiny";
import { causeOf, log } from "../log.ts";
import { problem } from "./problem.ts";
import { upgrade } from "./upgrade.ts";
import type { Services } from "../services.ts";

export function createApp(services: Services) {
  const app = new Hono<{ Bindings: Env }>();

  app.get("/health", ({ json }) => json({ status: "ok", policy_version: services.policy.version }));
  app.get("/mcp", ({ req, env }) => upgrade(req.raw, services, env));
  app.all("/mcp", () =>
    problem({
      status: 405,
      reason: "method_not_allowed",
      detail: "Connect with GET and Upgrade: websocket.",
      headers: { allow: "GET" },
    }),
  );

  app.notFound(() => problem({ status: 404, reason: "not_found", detail: "There are /mcp (WebSocket) and /health." }));
  app.onError((cause) => {
    log("error", "http.crashed", causeOf(cause));
    return problem({
      status: 500,
      reason: "internal_error",
      detail: "Something went wrong on our side; it has been logged.",
    });
  });
  return app;
}
