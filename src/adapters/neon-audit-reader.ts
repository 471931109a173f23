// The audit log in Neon, read as gatehouse_reader: every statement is bounded in time and rows, and holds who asks.

import * as z from "zod";
import { once } from "../once.ts";
import { ok } from "../result.ts";
import { FoundRows, read, rowsOf } from "./audit-row-sql.ts";
import { Parameters, seenBy, whereOf } from "./audit-where.ts";
import { auditEvent } from "./neon-audit-event.ts";
import { auditSummary } from "./neon-audit-summary.ts";
import { auditUsage } from "./neon-audit-usage.ts";
import type { AuditPosition, AuditReader } from "../ports/audit-reader.ts";
import type { AuditRow } from "../ports/audit-row.ts";
import type { Sql } from "./neon-sql.ts";

export function neonAuditReader(sql: Sql): AuditReader {
  return {
    async search({ after, limit, ...asked }, signal) {
      const parameters = new Parameters();
      // The row itself is excluded by its id; its moment bounds the partitions.
      const until = after ? { ...asked, toMs: Math.min(asked.toMs, after.tsMs + 1) } : asked;
      const where = whereOf(until, parameters);
      const text = rowsOf(
        `select * from audit_logs where ${where}${behind(after, parameters)}
         order by ts desc, event_id desc limit ${parameters.add(limit + 1, "int")}`,
        "desc",
      );
      const found = await read(sql, { text, parameters, rows: FoundRows }, signal);
      if (!found.ok) return found;
      const rows = found.value.slice(0, limit);
      return ok({ rows, next: found.value.length > limit ? positionOf(rows.at(-1)) : undefined });
    },

    summary: (asked, signal) => auditSummary(sql, asked, signal),
    usage: (asked, signal) => auditUsage(sql, asked, signal),
    event: (at, sight, signal) => auditEvent(sql, { at, sight }, signal),

    async payload(at, sight, signal) {
      const parameters = new Parameters();
      const text = `
        select event_id as id, cluster, namespace, params, params_digest, record from audit_logs
        where ts = ${parameters.addTime(at.tsMs)} and event_id = ${parameters.add(at.id, "uuid")}
          and ${seenBy(sight, parameters)} limit 1`;
      const found = await read(sql, { text, parameters, rows: Contents }, signal);
      return found.ok ? ok(found.value[0]) : found;
    },

    async quarantined(signal) {
      const text = "select count(*)::int as rows from audit_quarantine";
      const counted = await read(sql, { text, parameters: new Parameters(), rows: Counted }, signal);
      return counted.ok ? ok(counted.value[0].rows) : counted;
    },
  };
}

const Contents = once(() =>
  z
    .array(
      z
        .object({
          id: z.string(),
          cluster: z.string().nullable(),
          namespace: z.string().nullable(),
          params: z.unknown(),
          params_digest: z.string().nullable(),
          record: z.string(),
        })
        .transform(({ cluster, namespace, params_digest, ...row }) => ({
          ...row,
          cluster: cluster ?? undefined,
          namespace: namespace ?? undefined,
          paramsDigest: params_digest ?? undefined,
        })),
    )
    .max(1),
);

const Counted = once(() => z.tuple([z.object({ rows: z.int() })]));

function behind(after: AuditPosition | undefined, parameters: Parameters): string {
  if (!after) return "";
  return ` and (ts, event_id) < (${parameters.addTime(after.tsMs)}, ${parameters.add(after.id, "uuid")})`;
}

function positionOf(row: AuditRow | undefined): AuditPosition | undefined {
  return row && { tsMs: Date.parse(row.ts), id: row.id };
}
