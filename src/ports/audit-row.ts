// One row of the audit log, as those see it who may read it.

import * as z from "zod";
import { once } from "../once.ts";

export const AUDIT_OUTCOMES = ["ok", "failed", "refused", "cancelled", "unknown", "pending"] as const;

/** By the names of its columns, less what was asked in it: that is another permission. */
export const AuditRow = once(() =>
  z.object({
    id: z.string(),
    ts: z.iso.datetime(),
    call_id: z.string(),
    phase: z.enum(["intent", "outcome", "event"]),
    chain_id: z.string(),
    seq: z.int(),
    actor: z.string(),
    actor_type: z.string(),
    on_behalf_of: z.string().optional(),
    key_id: z.string().optional(),
    session_id: z.string().optional(),
    source_ip: z.string().optional(),
    action: z.string(),
    tool: z.string().optional(),
    cluster: z.string().optional(),
    namespace: z.string().optional(),
    decision: z.string().optional(),
    policy_version: z.string().optional(),
    outcome: z.enum(AUDIT_OUTCOMES).optional(),
    reason: z.string().optional(),
    duration_ms: z.int().optional(),
    result_bytes: z.int().optional(),
    result_digest: z.string().optional(),
    approval_id: z.string().optional(),
    trace_id: z.string().optional(),
    /** More than one where refusals were counted together. */
    count: z.int().optional(),
    has_payload: z.boolean(),
  }),
);
export type AuditRow = z.output<ReturnType<typeof AuditRow>>;
