// A request on its way to its session, as the first step of a trace. Whoever is not let in is never traced: an attacker's
// requests would cost a collector as much as everybody else's together.

import { traceHeaders, traceOfHeaders } from "../trace-context.ts";
import type { Services } from "../services.ts";

export interface Admitted {
  readonly request: Request;
  readonly services: Pick<Services, "tracing">;
  /** When the request came: letting it in is part of it. */
  readonly startedAtMs: number;
}

/** `ask` is given the headers by which the session's own steps follow this one. */
export async function traced(
  { request, services, startedAtMs }: Admitted,
  ask: (headers: Readonly<Record<string, string>>) => Promise<Response>,
): Promise<Response> {
  const parent = traceOfHeaders(request.headers);
  const isSocket = request.headers.get("upgrade") !== null;
  const facts = {
    "http.request.method": request.method,
    "http.route": "/mcp",
    "network.protocol.name": isSocket ? "websocket" : "http",
  };
  const name = `${request.method} /mcp`;
  const span = services.tracing?.start({ name, kind: "server", parent, facts, startedAtMs });
  try {
    const response = await ask(traceHeaders(span?.context ?? parent));
    const { status } = response;
    span?.end({ "http.response.status_code": status }, status >= 500 ? `${status}` : undefined);
    return response;
  } catch (cause) {
    span?.end({}, "internal_error");
    throw cause;
  }
}
