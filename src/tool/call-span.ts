// A tool call as one step of a trace, in the words of OpenTelemetry's conventions for MCP: who did what, and never with what.

import { anonymousSessionId } from "../access/opening.ts";
import type { Span } from "../ports/tracing.ts";
import type { CallSummary } from "./call-summary.ts";
import type { CallSession, ToolCall } from "./session.ts";

/** The name is the catalogue's own: what a caller made up stands in no span. */
export function beginSpan(
  { name, era, trace, via }: ToolCall,
  { tracing, registry, actor }: CallSession,
): Span | undefined {
  const tool = registry.get(name)?.name;
  const facts = {
    "mcp.method.name": "tools/call",
    "gen_ai.operation.name": "execute_tool",
    "gen_ai.tool.name": tool,
    "mcp.session.id": anonymousSessionId(actor.sessionId),
    "gatehouse.era": era,
  };
  const title = tool === undefined ? "tools/call" : `tools/call ${tool}`;
  return tracing?.start({ name: title, kind: "server", parent: trace, link: via, facts });
}

export function endSpan(span: Span, { callId, cluster, namespace, outcome, reason }: CallSummary): void {
  const facts = {
    "gatehouse.call_id": callId,
    "gatehouse.outcome": outcome,
    "k8s.cluster.name": cluster,
    "k8s.namespace.name": namespace,
  };
  span.end(facts, outcome === "ok" ? undefined : reason);
}
