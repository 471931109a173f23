// The tracing port in memory: every step that ended, as it was told.

import type { Facts, SpanStart, Tracing } from "../../src/ports/tracing.ts";
import type { TraceContext } from "../../src/trace-context.ts";

export interface RecordedSpan extends SpanStart {
  readonly context: TraceContext;
  readonly errorType: string | undefined;
}

export function recordedSpans(): { readonly tracing: Tracing; readonly spans: readonly RecordedSpan[] } {
  const spans: RecordedSpan[] = [];
  let begun = 0;
  const tracing: Tracing = {
    start(span) {
      const spanId = String((begun += 1)).padStart(16, "0");
      const begins = { traceId: String(begun).padStart(32, "f"), spanId, isSampled: true };
      const context = span.as ?? (span.parent ? { ...span.parent, spanId } : begins);
      const end = (facts?: Facts, errorType?: string) =>
        void spans.push({ ...span, context, facts: { ...span.facts, ...facts }, errorType });
      return { context, end };
    },
  };
  return { tracing, spans };
}
