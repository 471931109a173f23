// What a session's object does with one request, as a step of the trace that the Worker has begun or handed on.

import { anonymousSessionId } from "../access/opening.ts";
import { traceOfHeaders } from "../trace-context.ts";
import { deployment } from "./deployment.ts";
import type { Opening } from "../access/opening.ts";
import type { TraceContext } from "../trace-context.ts";

export interface Step {
  readonly trace: TraceContext | undefined;
  readonly end: () => void;
}

/** The headers are the Worker's own: it builds the request, and no header of a client's gets in with it. */
export function beginStep({ method, headers }: Request, { sessionId, via }: Opening): Step {
  const parent = traceOfHeaders(headers);
  const name = via === "socket" ? "session accept" : `session ${method}`;
  const facts = { "mcp.session.id": anonymousSessionId(sessionId), "gatehouse.via": via };
  const span = deployment.tracing?.start({ name, kind: "internal", parent, facts });
  return { trace: span?.context ?? parent, end: () => span?.end() };
}
