// The audit log in memory: the twin of the Postgres store for tests, as strict about a record as its columns are.

import * as z from "zod";
import type { AuditStore, JournalRow, RowRefused } from "../../ports/audit-store.ts";
import { err, ok } from "../../result.ts";

export interface MemoryAuditStore extends AuditStore {
  /** What is stored, in the order of arrival. */
  rows(): readonly JournalRow[];
  quarantined(): readonly JournalRow[];
}

const DAY_MS = 86_400_000;
/** It is told of no checkpoints, and for days with chains that were never signed this much is added to their retention. */
const HELD_DAYS = 7;

export function memoryAuditStore(now: () => number): MemoryAuditStore {
  const stored = new Map<string, { readonly row: JournalRow; readonly day: number }>();
  const aside = new Map<string, JournalRow>();
  const days = new Set<number>();

  return {
    insert(rows) {
      const events = rows.map((row) => ({ row, columns: Columns.safeParse(parseStorable(row.record)).data }));
      for (const { columns } of events) if (!columns) return Promise.resolve(err(REFUSED));

      for (const { row, columns } of events) {
        const at = Date.parse(columns?.ts ?? "");
        const key = `${columns?.event_id} ${at}`;
        days.add(dayOf(at));
        if (!stored.has(key)) stored.set(key, { row, day: dayOf(at) });
      }
      return Promise.resolve(ok(undefined));
    },
    quarantine(row) {
      aside.set(row.hash, row);
      return Promise.resolve(ok(undefined));
    },
    maintain({ keepDays, aheadDays }) {
      const today = dayOf(now());
      const wanted = Array.from({ length: aheadDays + 3 }, (_, index) => today - 2 + index);
      const created = wanted.filter((day) => !days.has(day));
      const isOld = (day: number) => {
        const isHeld = [...stored.values()].some((row) => row.day === day);
        return day < today - keepDays - (isHeld ? HELD_DAYS : 0);
      };
      const dropped = [...days].filter(isOld);
      for (const day of created) days.add(day);
      for (const day of dropped) days.delete(day);
      for (const [key, { day }] of stored) if (!days.has(day)) stored.delete(key);
      return Promise.resolve(ok({ created: created.length, dropped: dropped.length }));
    },
    rows: () => [...stored.values()].map(({ row }) => row),
    quarantined: () => [...aside.values()],
  };
}

function dayOf(timeMs: number): number {
  return Math.floor(timeMs / DAY_MS);
}

const REFUSED: RowRefused = { kind: "row_refused", sqlState: "22P02" };

/** Nothing, for what jsonb would not take: no JSON, or U+0000 or half a surrogate pair anywhere in it. */
function parseStorable(text: string): unknown {
  let isStorable = text.isWellFormed();
  try {
    const value: unknown = JSON.parse(text, (key, inner: unknown) => {
      isStorable &&= isPlain(key) && (typeof inner !== "string" || isPlain(inner));
      return inner;
    });
    return isStorable ? value : undefined;
  } catch {
    return undefined; // fails the schema, like any other record that is no object
  }
}

function isPlain(text: string): boolean {
  return text.isWellFormed() && !text.includes("\0");
}

const Columns = z.object({
  event_id: z.guid(),
  ts: z.iso.datetime({ offset: true }),
  call_id: z.guid(),
  phase: z.enum(["intent", "outcome", "event"]),
  chain_id: z.string(),
  actor_type: z.string(),
  actor_id: z.string(),
  action: z.string(),
  decision: z.enum(["allowed", "refused"]).nullish(),
  outcome: z.enum(["ok", "failed", "refused", "cancelled", "unknown", "pending"]).nullish(),
});
