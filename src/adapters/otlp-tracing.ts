// The tracing port for an OTLP/HTTP collector: who begins a trace decides for all of it, by its id.

import { OtlpExport } from "./otlp-export.ts";
import type { SpanStart, Tracing } from "../ports/tracing.ts";
import type { TraceContext } from "../trace-context.ts";
import type { Collector } from "./otlp-export.ts";

export interface OtlpOptions extends Collector {
  /** How many of the traces that begin here are kept. */
  readonly ratio: number;
  readonly uuid: () => string;
}

export function otlpTracing({ ratio, uuid, ...collector }: OtlpOptions): Tracing {
  const { now } = collector;
  const ended = new OtlpExport(collector);

  const contextOf = (parent: TraceContext | undefined): TraceContext => {
    // Its last sixteen digits hold two fixed bits, so a span's id is never all zeros, which would be none.
    const spanId = digits(uuid()).slice(16);
    if (parent) return { ...parent, spanId };
    const traceId = digits(uuid());
    return { traceId, spanId, isSampled: isKept(traceId, ratio) };
  };

  return {
    start({ facts: begun, startedAtMs = now(), as: kept, ...span }: SpanStart) {
      const context = kept ?? contextOf(span.parent);
      return {
        context,
        end: (facts, errorType) => {
          if (!context.isSampled) return;
          ended.add({ ...span, context, startedAtMs, endedAtMs: now(), facts: { ...begun, ...facts }, errorType });
        },
      };
    },
  };
}

/** The same for every step that sees this id. Its last 48 bits are random by every version of the specification, and exact as a number. */
export function isKept(traceId: string, ratio: number): boolean {
  return Number.parseInt(traceId.slice(-12), 16) >= (1 - ratio) * 2 ** 48;
}

function digits(uuid: string): string {
  return uuid.replaceAll("-", "");
}
