// What the Audit page asks of the server, and a light look at what it is answered.

import { has, isListOf } from "../api/checks.ts";
import type {
  AuditEvent,
  AuditEvidence,
  AuditPage,
  AuditPayload,
  AuditRow,
  AuditSummary,
} from "../../../src/http/console/contract/audit.ts";
import type { Answer, Client } from "../api/client.ts";

export type {
  AuditEvent,
  AuditEvidence,
  AuditPage,
  AuditPayload,
  AuditRow,
  AuditSummary,
} from "../../../src/http/console/contract/audit.ts";

/** Where a row is to be found: `at` is its time, which says in which part of the log. */
export interface EventPlace {
  readonly id: string;
  readonly at: string;
}

export interface AuditApi {
  readonly page: (query: string, cursor?: string) => Answer<AuditPage>;
  readonly summary: (query: string) => Answer<AuditSummary>;
  readonly evidence: () => Answer<AuditEvidence>;
  readonly event: (place: EventPlace) => Answer<AuditEvent>;
  /** That somebody asked for it is itself written into the log. */
  readonly payload: (place: EventPlace) => Answer<AuditPayload>;
}

export const ROWS_AT_ONCE = 100;

export function auditApi({ ask }: Pick<Client, "ask">): AuditApi {
  const at = (what: string, { id, at: ts }: EventPlace) =>
    `audit/${what}/${encodeURIComponent(id)}?${new URLSearchParams({ at: ts }).toString()}`;
  return {
    page: (query, cursor) => {
      const params = new URLSearchParams(query);
      params.set("limit", String(ROWS_AT_ONCE));
      if (cursor !== undefined) params.set("cursor", cursor);
      return ask({ path: `audit?${params.toString()}` }, isAuditPage);
    },
    summary: (query) => ask({ path: `audit/summary?${query}` }, isAuditSummary),
    evidence: () => ask({ path: "audit/evidence" }, isAuditEvidence),
    event: (place) => ask({ path: at("events", place) }, isAuditEvent),
    payload: (place) => ask({ path: at("payload", place) }, isAuditPayload),
  };
}

const isAuditRow = (value: unknown): value is AuditRow =>
  has(value, { id: "string", ts: "string", call_id: "string", phase: "string", actor: "string", action: "string" }) &&
  has(value, { chain_id: "string", seq: "number", has_payload: "boolean" });

const isAuditPage = (value: unknown): value is AuditPage =>
  has(value, { rows: "list", from: "string", to: "string", now: "string" }) && isListOf(value.rows, isAuditRow);

const isAuditSummary = (value: unknown): value is AuditSummary =>
  has(value, {
    from: "string",
    to: "string",
    total: "number",
    bucket_s: "number",
    histogram: "list",
    facets: "record",
  }) &&
  isListOf(value.histogram, (bucket) =>
    has(bucket, { at: "string", ok: "number", failed: "number", refused: "number", other: "number" }),
  );

const isAuditEvent = (value: unknown): value is AuditEvent =>
  has(value, { row: "record", timeline: "list", prev_hash: "string", hash: "string", intact: "string" }) &&
  isAuditRow(value.row) &&
  isListOf(value.timeline, isAuditRow);

const isAuditPayload = (value: unknown): value is AuditPayload => has(value, { id: "string", record: "string" });

const isAuditEvidence = (value: unknown): value is AuditEvidence =>
  has(value, { verified_rows: "number", faults: "list", quarantined: "number" }) &&
  isListOf(value.faults, (fault) => has(fault, { kind: "string", detail: "string", found_at: "string" }));
