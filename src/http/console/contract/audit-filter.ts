// Which rows of the audit log: the one filter that every link, page and query of the console uses, as part of an address.
// Both sides of the API share it, so it needs no library.

/** In the order in which they are shown. Each may be given several times: any of its values will do. */
export const AUDIT_FACETS = [
  "actor",
  "tool",
  "action",
  "outcome",
  "reason",
  "session",
  "cluster",
  "namespace",
  "approval",
  "call",
  "key",
] as const;
export type AuditFacet = (typeof AUDIT_FACETS)[number];

/** The ranges that move with the clock, in seconds. */
export const AUDIT_RANGES = {
  "15m": 900,
  "1h": 3_600,
  "6h": 21_600,
  "24h": 86_400,
  "7d": 604_800,
  "30d": 2_592_000,
  "90d": 7_776_000,
} as const;
export type AuditRange = keyof typeof AUDIT_RANGES;
export const DEFAULT_AUDIT_RANGE: AuditRange = "24h";

/** There is always a time: up to now, or from one moment (inclusive) to another (exclusive). */
export type AuditTime = { readonly last: AuditRange } | { readonly fromMs: number; readonly toMs: number };

export interface AuditFilter {
  readonly time: AuditTime;
  readonly where: Readonly<Partial<Record<AuditFacet, readonly string[]>>>;
}

/** What is wrong with the address, in words for whoever wrote it. */
export type AuditFilterFault = { readonly param: string; readonly message: string };

const MAX_VALUES = 20;
const MAX_VALUE_CHARS = 256;
/** Longer than any retention that is searched here. */
const MAX_SPAN_MS = 400 * 86_400_000;

export function parseAuditFilter(params: URLSearchParams): AuditFilter | AuditFilterFault {
  const time = timeOf(params);
  if ("message" in time) return time;
  const where: Partial<Record<AuditFacet, readonly string[]>> = {};
  for (const facet of AUDIT_FACETS) {
    const values = [...new Set(params.getAll(facet))].filter((value) => value !== "");
    if (values.length > MAX_VALUES) return { param: facet, message: `give at most ${MAX_VALUES} values` };
    if (values.some((value) => value.length > MAX_VALUE_CHARS))
      return { param: facet, message: `a value holds at most ${MAX_VALUE_CHARS} characters` };
    if (values.length > 0) where[facet] = values;
  }
  return { time, where };
}

/** The same filter always gives the same text, so that two links to one thing are one link. */
export function formatAuditFilter({ time, where }: AuditFilter): URLSearchParams {
  const params = new URLSearchParams();
  if ("last" in time) params.set("last", time.last);
  else {
    params.set("from", new Date(time.fromMs).toISOString());
    params.set("to", new Date(time.toMs).toISOString());
  }
  for (const facet of AUDIT_FACETS) for (const value of (where[facet] ?? []).toSorted()) params.append(facet, value);
  return params;
}

export function spanOf(time: AuditTime, nowMs: number): { readonly fromMs: number; readonly toMs: number } {
  return "last" in time ? { fromMs: nowMs - AUDIT_RANGES[time.last] * 1_000, toMs: nowMs } : time;
}

function timeOf(params: URLSearchParams): AuditTime | AuditFilterFault {
  const [last, from, to] = [params.get("last"), params.get("from"), params.get("to")];
  if (from === null && to === null) {
    const range = last ?? DEFAULT_AUDIT_RANGE;
    return isRange(range) ? { last: range } : { param: "last", message: `must be one of ${RANGES.join(", ")}` };
  }
  if (last !== null) return { param: "last", message: "give either last, or from and to" };
  if (from === null || to === null)
    return { param: from === null ? "from" : "to", message: "is missing: give both from and to" };
  const [fromMs, toMs] = [Date.parse(from), Date.parse(to)];
  if (Number.isNaN(fromMs)) return { param: "from", message: "must be a time such as 2026-11-29T08:00:00Z" };
  if (Number.isNaN(toMs)) return { param: "to", message: "must be a time such as 2026-11-29T09:00:00Z" };
  if (toMs <= fromMs) return { param: "to", message: "must be later than from" };
  if (toMs - fromMs > MAX_SPAN_MS) return { param: "from", message: "lies too far before to" };
  return { fromMs, toMs };
}

const RANGES: readonly string[] = Object.keys(AUDIT_RANGES);

function isRange(text: string): text is AuditRange {
  return RANGES.includes(text);
}
