// Puts the chains into the database as the Worker would: by the same statement, in larger batches.

import { neonAuditStore } from "../../src/adapters/neon-audit-store.ts";
import type { Sql } from "../../src/adapters/neon-sql.ts";
import type { JournalRow } from "../../src/ports/audit-store.ts";
import type { Chain } from "./chain.ts";

const BATCH_ROWS = 2_000;

export async function storeChains(
  sql: Sql,
  chains: Iterable<Chain>,
  onStored: (rows: number) => void,
): Promise<number> {
  const audit = neonAuditStore(sql);
  const { signal } = new AbortController();
  let stored = 0;
  let batch: JournalRow[] = [];
  const flush = async () => {
    const done = await audit.insert(batch, signal);
    if (!done.ok) throw new Error(`the rows could not be stored: ${done.error.kind}`);
    stored += batch.length;
    batch = [];
    onStored(stored);
  };
  for (const { rows } of chains) {
    batch.push(...rows);
    if (batch.length >= BATCH_ROWS) await flush();
  }
  if (batch.length > 0) await flush();
  return stored;
}
