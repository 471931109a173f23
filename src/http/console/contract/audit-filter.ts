// Which rows of the audit log: the one filter that every link, page and query of the console uses, as part of an address.
// Both sides of the API share it, so it needs no library.

import type { AuditRow } from "../../../ports/audit-row.ts";

/** In the order in which they are shown. Each may be given several times, and one of its values is enough. */
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
  "trace",
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
export interface AuditFilterFault {
  readonly param: string;
  readonly message: string;
}

const MAX_VALUES = 20;
const MAX_VALUE_CHARS = 256;
/** Longer than any retention that is searched here. */
const MAX_SPAN_MS = 400 * 86_400_000;

export function parseAuditFilter(params: URLSearchParams): AuditFilter | AuditFilterFault {
  const time = timeOf(params);
  if ("message" in time) return time;
  const where: Partial<Record<AuditFacet, readonly string[]>> = {};
  for (const facet of AUDIT_FACETS) {
    // In order, so that one filter is one filter however its address was written.
    const values = [...new Set(params.getAll(facet))].filter((value) => value !== "").toSorted();
    if (values.length > MAX_VALUES) return { param: facet, message: `give at most ${MAX_VALUES} values` };
    const faults = values.map((value) => faultOf(facet, value)).filter((fault) => fault !== undefined);
    if (faults[0] !== undefined) return { param: facet, message: faults[0] };
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

/** A value that no row can have would find nothing, and look like an answer. */
function faultOf(facet: AuditFacet, value: string): string | undefined {
  if (value.length > MAX_VALUE_CHARS) return `a value holds at most ${MAX_VALUE_CHARS} characters`;
  // Neither half a surrogate pair nor NUL is ever written down, and PostgreSQL would not even read them.
  if (!value.isWellFormed() || value.includes("\0")) return "a value is text without NUL";
  if (facet === "outcome" && !isOutcome(value)) return `must be one of ${OUTCOMES.join(", ")}`;
  if ((facet === "approval" || facet === "call") && !UUID.test(value))
    return "must be an id such as 9f1c1b0e-6a53-4f0e-9d0c-8f4a5b1f2c3d";
  if (facet === "trace" && !TRACE_ID.test(value))
    return "must be the 32 digits of a trace id such as 4bf92f3577b34da6a3ce929d0e0e4736, in lower case";
  return undefined;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** W3C Trace Context §3.2.2.3: all zeros is no id. */
const TRACE_ID = /^(?!0+$)[0-9a-f]{32}$/;

function timeOf(params: URLSearchParams): AuditTime | AuditFilterFault {
  for (const param of ["last", "from", "to"])
    if (params.getAll(param).length > 1) return { param, message: "give it once" };
  const [last, from, to] = [params.get("last"), params.get("from"), params.get("to")];
  if (from === null && to === null) {
    const range = last ?? DEFAULT_AUDIT_RANGE;
    return isRange(range) ? { last: range } : { param: "last", message: `must be one of ${RANGES.join(", ")}` };
  }
  if (last !== null) return { param: "last", message: "give either last, or from and to" };
  if (from === null || to === null)
    return { param: from === null ? "from" : "to", message: "is missing: give both from and to" };
  const [fromMs, toMs] = [momentOf(from), momentOf(to)];
  if (fromMs === undefined) return { param: "from", message: "must be a time such as 2026-11-29T08:00:00Z" };
  if (toMs === undefined) return { param: "to", message: "must be a time such as 2026-11-29T09:00:00Z" };
  if (toMs <= fromMs) return { param: "to", message: "must be later than from" };
  if (toMs - fromMs > MAX_SPAN_MS) return { param: "from", message: "must lie at most 400 days before to" };
  return { fromMs, toMs };
}

const MOMENT_TEXT = /^(\d{4}-\d\d-\d\d)T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/;

/**
 * In milliseconds; undefined for what is not RFC 3339, whole. Whatever else an engine takes for a date it reads in its own
 * zone, and February 30th it moves to March.
 */
export function momentOf(text: string): number | undefined {
  const day = MOMENT_TEXT.exec(text)?.[1];
  if (day === undefined) return undefined;
  const [dayMs, ms] = [Date.parse(day), Date.parse(text)];
  return Number.isNaN(ms) || new Date(dayMs).toISOString().slice(0, 10) !== day ? undefined : ms;
}

type Outcome = NonNullable<AuditRow["outcome"]>;
const OUTCOMES = ["ok", "failed", "refused", "cancelled", "unknown", "pending"] as const satisfies readonly Outcome[];

const RANGES: readonly string[] = Object.keys(AUDIT_RANGES);

function isRange(text: string): text is AuditRange {
  return RANGES.includes(text);
}

function isOutcome(text: string): boolean {
  return OUTCOMES.some((outcome) => outcome === text);
}
