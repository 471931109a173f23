// What stands in Postgres of the demo's agent, once its journal has drained.

import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import type { Sql } from "../../src/adapters/neon-sql.ts";

const Row = z.object({
  at: z.string(),
  action: z.string(),
  actor_id: z.string(),
  approval_id: z.string().nullable(),
  phase: z.string(),
  tool: z.string().nullable(),
  namespace: z.string().nullable(),
  outcome: z.string(),
  reason: z.string().nullable(),
  duration_ms: z.number().nullable(),
  hash: z.string(),
});
export type Row = z.output<typeof Row>;

const ROWS = `select to_char(ts at time zone 'UTC', 'HH24:MI:SS.MS') as at, action, actor_id, approval_id, phase, tool, namespace,
  outcome, reason, duration_ms, left(hash, 8) as hash
  from audit_logs order by ts, seq`;
const PATIENCE_MS = 15_000;

/** The rows arrive within the second; `isComplete` says which one is the last. */
export async function auditRows(sql: Sql, isComplete: (rows: readonly Row[]) => boolean): Promise<readonly Row[]> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const read = await sql({ text: ROWS, values: [], timeoutMs: 5_000 }, new AbortController().signal);
    const rows = read.ok ? z.array(Row).parse(read.value) : [];
    if (isComplete(rows)) return rows;
    if (Date.now() > deadline) throw new Error(`the audit rows did not arrive: there are ${rows.length}`);
    await sleep(200);
  }
}
