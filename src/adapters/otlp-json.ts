// OTLP in JSON, by OpenTelemetry's own serialiser. Loaded with the first export: most instances never trace anything.

import { SpanKind, SpanStatusCode, TraceFlags } from "@opentelemetry/api";
import { TraceState } from "@opentelemetry/core";
import { JsonTraceSerializer } from "@opentelemetry/otlp-transformer";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { SERVER } from "../server.ts";
import type { Attributes, HrTime, SpanContext } from "@opentelemetry/api";
import type { Facts } from "../ports/tracing.ts";
import type { TraceContext } from "../trace-context.ts";
import type { EndedSpan } from "./otlp-span.ts";

type ReadableSpan = Parameters<typeof JsonTraceSerializer.serializeRequest>[0][number];

const KINDS = { server: SpanKind.SERVER, client: SpanKind.CLIENT, internal: SpanKind.INTERNAL } as const;
/** Ours are names and ids; whatever else comes this way is cut. */
const MAX_TEXT_LENGTH = 256;

const scope = { name: SERVER.name, version: SERVER.version };
const resource = resourceFromAttributes({ "service.name": SERVER.name, "service.version": SERVER.version });

export function toOtlp(spans: readonly EndedSpan[]): Uint8Array | undefined {
  return JsonTraceSerializer.serializeRequest(spans.map(readable));
}

function readable(span: EndedSpan): ReadableSpan {
  const { name, kind, parent, link, context, startedAtMs, endedAtMs, facts, errorType } = span;
  return {
    name,
    kind: KINDS[kind],
    spanContext: () => spanContext(context),
    ...(parent && { parentSpanContext: { ...spanContext(parent), isRemote: kind === "server" } }),
    startTime: time(startedAtMs),
    endTime: time(endedAtMs),
    duration: time(endedAtMs - startedAtMs),
    ended: true,
    status: { code: errorType === undefined ? SpanStatusCode.UNSET : SpanStatusCode.ERROR },
    attributes: attributes({ ...facts, "error.type": errorType }),
    links: link ? [{ context: { ...spanContext(link), isRemote: true } }] : [],
    events: [],
    resource,
    instrumentationScope: scope,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

function spanContext({ traceId, spanId, isSampled, state }: TraceContext): SpanContext {
  const traceFlags = isSampled ? TraceFlags.SAMPLED : TraceFlags.NONE;
  return { traceId, spanId, traceFlags, ...(state !== undefined && { traceState: new TraceState(state) }) };
}

/** Seconds, and the nanoseconds beyond them. */
function time(ms: number): HrTime {
  return [Math.floor(ms / 1_000), Math.round((ms % 1_000) * 1_000_000)];
}

function attributes(facts: Facts): Attributes {
  const known = Object.entries(facts).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    known.map(([name, value]) => [name, typeof value === "string" ? value.slice(0, MAX_TEXT_LENGTH) : value]),
  );
}
