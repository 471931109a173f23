// The console's Audit page: rows, what they amount to, one row's story, and how far the log is verified.
//
// GET audit?<filter>&limit=&cursor=   AuditPage        audit:read
// GET audit/summary?<filter>          AuditSummary     audit:read
// GET audit/evidence                  AuditEvidence    audit:read
// GET audit/events/:id?at=<ts>        AuditEvent       audit:read; `at` is the row's ts, which says in which partition it is
// GET audit/payload/:id?at=<ts>       AuditPayload     audit:read_payload; recorded before it is answered

import * as z from "zod";
import { once } from "../../../once.ts";
import { AUDIT_OUTCOMES, AuditRow } from "../../../ports/audit-row.ts";
import { FAULT_KINDS } from "../../../ports/evidence.ts";
import { AUDIT_FACETS } from "./audit-filter.ts";

const Time = z.iso.datetime();
export { AUDIT_OUTCOMES, AuditRow };

/** Newest first. */
export const AuditPage = once(() =>
  z.object({ rows: z.array(AuditRow()), next: z.string().optional(), from: Time, to: Time, now: Time }),
);
export type AuditPage = z.output<ReturnType<typeof AuditPage>>;

export const AuditSummary = once(() =>
  z.object({
    from: Time,
    to: Time,
    /** Intents are not counted: each has its outcome. */
    total: z.int(),
    bucket_s: z.int(),
    /** Every bucket of the range, also the empty ones, oldest first. */
    histogram: z.array(z.object({ at: Time, ok: z.int(), failed: z.int(), refused: z.int(), other: z.int() })),
    /** The most frequent values of each, at most ten. */
    facets: z.partialRecord(z.enum(AUDIT_FACETS), z.array(z.object({ value: z.string(), count: z.int() }))),
  }),
);
export type AuditSummary = z.output<ReturnType<typeof AuditSummary>>;

export const AuditEvent = once(() =>
  z.object({
    row: AuditRow(),
    /** Everything of the same call and of the same approval, oldest first, at most 200. */
    timeline: z.array(AuditRow()),
    prev_hash: z.string(),
    hash: z.string(),
    /** Whether SHA-256(prev_hash ‖ record) is the hash, and the row before it in its chain has prev_hash. */
    intact: z.enum(["intact", "broken", "predecessor_not_found"]),
    /** The first signed checkpoint at or after this row. */
    checkpoint: z.object({ seq: z.int(), ts: Time, kid: z.string() }).optional(),
  }),
);
export type AuditEvent = z.output<ReturnType<typeof AuditEvent>>;

export const AuditPayload = once(() =>
  z.object({
    id: z.string(),
    /** What was asked, as it was recorded: redacted, and cut where it was too long. */
    params: z.unknown(),
    params_digest: z.string().optional(),
    /** The JSON text that was hashed. */
    record: z.string(),
  }),
);
export type AuditPayload = z.output<ReturnType<typeof AuditPayload>>;

export const AuditEvidence = once(() =>
  z.object({
    /** Everything that had arrived by then was verified; absent until it was done once. */
    verified_up_to: Time.optional(),
    verified_rows: z.int(),
    /** Found by the verification that runs here, newest first, at most 20. */
    faults: z.array(
      z.object({
        kind: z.enum(FAULT_KINDS),
        chain_id: z.string().optional(),
        seq: z.int().optional(),
        detail: z.string(),
        found_at: Time,
      }),
    ),
    last_checkpoint_at: Time.optional(),
    last_root: z.object({ day: z.string(), root: z.string(), chains: z.int() }).optional(),
    quarantined: z.int(),
  }),
);
export type AuditEvidence = z.output<ReturnType<typeof AuditEvidence>>;
