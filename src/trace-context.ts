// The trace that a request or a message says it belongs to: W3C Trace Context, in headers or in a message's `_meta` (SEP-414).

import { readTraceparent, TRACEPARENT_HEADER, writeTraceparent } from "k8s-proxy/contract/traceparent";
import type { TraceParent } from "k8s-proxy/contract/traceparent";

export interface TraceContext extends TraceParent {
  /** What the caller's own tracing wants to read again; goes to the collector and to nobody else. */
  readonly state?: string | undefined;
}

const TRACESTATE_HEADER = "tracestate";

export function traceOfHeaders(headers: Headers): TraceContext | undefined {
  return read(headers.get(TRACEPARENT_HEADER), headers.get(TRACESTATE_HEADER));
}

/** `_meta` of a message in any dialect. */
export function traceOfMeta(meta: unknown): TraceContext | undefined {
  if (typeof meta !== "object" || meta === null || !("traceparent" in meta)) return undefined;
  return read(meta.traceparent, "tracestate" in meta ? meta.tracestate : undefined);
}

/** For a request of ours within the deployment; to a cluster goes `traceparent` alone. */
export function traceHeaders(trace: TraceContext | undefined): Readonly<Record<string, string>> {
  if (!trace) return {};
  const { state } = trace;
  return { [TRACEPARENT_HEADER]: writeTraceparent(trace), ...(state !== undefined && { [TRACESTATE_HEADER]: state }) };
}

function read(traceparent: unknown, tracestate: unknown): TraceContext | undefined {
  const parent = readTraceparent(traceparent);
  if (!parent) return undefined;
  // §3.3.1: what cannot be read is left out, and the trace holds without it.
  return typeof tracestate === "string" && isState(tracestate) ? { ...parent, state: tracestate } : parent;
}

const MAX_STATE_LENGTH = 512;
const MAX_MEMBERS = 32;
/** §3.3.1.3.1: a name, or a tenant's name at a system. */
const KEY = /^([a-z][a-z0-9_\-*/]{0,255}|[a-z0-9][a-z0-9_\-*/]{0,240}@[a-z][a-z0-9_\-*/]{0,13})$/;
/** §3.3.1.3.2: printable, without comma and equals sign, and no space at the end. */
const VALUE = /^[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/;

function isState(text: string): boolean {
  if (text.length > MAX_STATE_LENGTH) return false;
  const members = text
    .split(",")
    .map((member) => member.replace(/^[ \t]+|[ \t]+$/g, ""))
    .filter((member) => member !== "");
  const pairs = members.map((member) => [keyOf(member), member.slice(keyOf(member).length + 1)] as const);
  const isUnique = new Set(pairs.map(([key]) => key)).size === pairs.length;
  const isWellFormed = pairs.every(([key, value]) => KEY.test(key) && VALUE.test(value));
  return members.length > 0 && members.length <= MAX_MEMBERS && isUnique && isWellFormed;
}

function keyOf(member: string): string {
  const [key = ""] = member.split("=", 1);
  return key;
}
