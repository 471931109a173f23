// A step of a call that has ended, as it waits for its export: plain data, so that the serialiser need not be loaded before.

import type { Facts, SpanStart } from "../ports/tracing.ts";
import type { TraceContext } from "../trace-context.ts";

export interface EndedSpan extends Pick<SpanStart, "name" | "kind" | "parent" | "link"> {
  readonly context: TraceContext;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  readonly facts: Facts;
  readonly errorType: string | undefined;
}
