// What is written down of a call once it is answered: its line in the log, and its part of the metrics.
import { meteredCall } from "./metered-call.ts";
import { traceId } from "./trace.ts";

import type { TokenClaims } from "./contract/index.ts";
import type { Failure } from "./failure.ts";
import type { Acted, Log } from "./log.ts";
import type { Metrics } from "./metrics.ts";
import type { Result } from "./result.ts";

export interface AnsweredCall {
  readonly route: string;
  readonly requestId: string;
  readonly claims?: TokenClaims | undefined;
  readonly status: number;
  readonly tookMs: number;
  readonly result: Result<object, Failure>;
  readonly acted?: Acted | undefined;
}

export interface Records {
  readonly log: Log;
  readonly metrics: Pick<Metrics, "answered">;
}

export function recordCall(call: AnsweredCall, { log, metrics }: Records): void {
  const { requestId, claims, result, status, tookMs, acted } = call;
  metrics.answered(meteredCall(call, result));
  log({
    event: "call",
    request_id: requestId,
    trace_id: traceId(),
    principal: claims?.sub,
    tool: claims?.tool,
    namespaces: claims?.namespaces,
    status,
    ...(!result.ok && { reason: result.error.reason, detail: result.error.detail }),
    took_ms: tookMs,
    ...(acted && { acted }),
  });
}

/** For the operator: no stack, and nothing that is as long as a token or encoded data. */
export function whereAndWhat({ name, message, stack = "" }: Error): string {
  const at = /^\s+at (.{1,200})$/m.exec(stack)?.[1] ?? "an unknown place";
  return `${name}: ${message.slice(0, 300).replace(/[\w+/=.~-]{24,}/g, "[…]")}, at ${at}`;
}
