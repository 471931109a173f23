// The routes.

import { Hono } from "hono/tiny";
import { causeOf, log } from "../log.ts";
import { consoleApi } from "./console/api.ts";
import { CONSOLE_API } from "./console/contract.ts";
import { mcpEndpoint, mcpPreflight } from "./mcp-endpoint.ts";
import { problem } from "./problem.ts";
import { metadataPreflight, resourceMetadata } from "./resource-metadata.ts";
import { issueTicket, ticketPreflight } from "./tickets.ts";
import { upgrade } from "./upgrade.ts";
import type { Services } from "../services.ts";

export function createApp(services: Services) {
  const app = new Hono<{ Bindings: Env }>();

  // Whoever opens the bare address in a browser means the page. Programs are told what there is.
  app.get("/", (context) =>
    accepts(context.req.header("accept"), "text/html") ? context.redirect("/console/") : context.notFound(),
  );
  app.get("/health", ({ json }) => json({ status: "ok", policy_version: services.policy.version }));
  app.get("/mcp", ({ req, env }) =>
    req.header("upgrade") === undefined && accepts(req.header("accept"), "text/event-stream")
      ? mcpEndpoint(req.raw, services, env)
      : upgrade(req.raw, services, env),
  );
  app.on(["POST", "DELETE"], "/mcp", ({ req, env }) => mcpEndpoint(req.raw, services, env));
  app.options("/mcp", ({ req }) => mcpPreflight(req.raw, services));
  app.all("/mcp", () =>
    problem({
      status: 405,
      reason: "method_not_allowed",
      detail: "Send POST with a JSON-RPC message, or GET with Upgrade: websocket.",
      headers: { allow: "GET, POST, DELETE" },
    }),
  );

  app.post("/tickets", ({ req, env }) => issueTicket(req.raw, services, env));
  app.options("/tickets", ({ req }) => ticketPreflight(req.raw, services));
  for (const path of ["", "/mcp"]) {
    app.get(`/.well-known/oauth-protected-resource${path}`, () => resourceMetadata(services.config));
    app.options(`/.well-known/oauth-protected-resource${path}`, metadataPreflight);
  }

  app.route(CONSOLE_API, consoleApi(services));

  app.notFound(() => problem({ status: 404, reason: "not_found", detail: "There are /mcp, /tickets and /health." }));
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

function accepts(header: string | undefined, type: string): boolean {
  return header?.includes(type) ?? false;
}
