// The W3C trace context of a request (Trace Context, level 1): to which trace it belongs, and which step of it asks.

export interface TraceParent {
  /** 32 hex digits, as in the audit record. */
  readonly traceId: string;
  readonly spanId: string;
  /** Whoever asks keeps this trace: so should we. */
  readonly isSampled: boolean;
}

export const TRACEPARENT_HEADER = "traceparent";

/** §3.2.2: lower-case hex. A version after ours may say more, behind another dash. */
const FORM = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
/** No version is known to need more than 55. */
const MAX_LENGTH = 256;
const SAMPLED = 1;

/** Undefined for whatever the grammar does not allow: a trace that cannot be read is no reason to refuse a request (§3.2.2.5). */
export function readTraceparent(text: unknown): TraceParent | undefined {
  if (typeof text !== "string" || text.length > MAX_LENGTH) return undefined;
  const [, version, traceId = "", spanId = "", flags = "", more] = FORM.exec(text) ?? [];
  if (version === undefined || version === "ff") return undefined;
  if (version === "00" && more !== undefined) return undefined;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, spanId, isSampled: (Number.parseInt(flags, 16) & SAMPLED) === SAMPLED };
}

export function writeTraceparent({ traceId, spanId, isSampled }: TraceParent): string {
  return `00-${traceId}-${spanId}-${isSampled ? "01" : "00"}`;
}
