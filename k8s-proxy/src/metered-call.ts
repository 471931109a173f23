// What the metrics are told of one call: read off its answer, so that no handler has to count for itself.
import * as z from "zod";

import type { Failure } from "./failure.ts";
import type { MeteredCall } from "./metrics.ts";
import type { Result } from "./result.ts";

const Counted = z.object({
  redactions: z.record(z.string(), z.number()).optional().catch(undefined),
  summary: z.object({ scanned_bytes: z.number(), scanned_lines: z.number() }).optional().catch(undefined),
});

export function meteredCall(
  call: Pick<MeteredCall, "route" | "status" | "tookMs">,
  result: Result<object, Failure>,
): MeteredCall {
  const { route, status, tookMs } = call;
  if (!result.ok) return { route, status, tookMs, reason: result.error.reason };
  const { redactions, summary } = Counted.parse(result.value);
  return {
    route,
    status,
    tookMs,
    redactions,
    scanned: summary && { bytes: summary.scanned_bytes, lines: summary.scanned_lines },
  };
}
