// Journal rows for the tests of the audit stores.

import { createHash } from "node:crypto";
import type { JournalRow } from "../../src/ports/audit-store.ts";

let seq = 0;

/** A row as a session writes it, with `fields` of its record replaced. */
export function journalRow(fields: Readonly<Record<string, unknown>> = {}): JournalRow {
  seq += 1;
  const record = {
    event_id: crypto.randomUUID(),
    ts: new Date().toISOString(),
    call_id: crypto.randomUUID(),
    phase: "outcome",
    chain_id: "chain-1",
    seq,
    actor_type: "agent",
    actor_id: "agent-1",
    action: "tools.call",
    tool: "k8s.list_pods",
    cluster: "prod",
    namespace: "shop",
    decision: "allowed",
    outcome: "ok",
    duration_ms: 12,
    params: { namespace: "shop", labels: ["a", "b"] },
    source_ip: "203.0.113.7",
    ...fields,
  };
  return rowOf(JSON.stringify(record));
}

export function rowOf(record: string): JournalRow {
  const prevHash = "0".repeat(64);
  return {
    seq,
    record,
    prevHash,
    hash: createHash("sha256")
      .update(prevHash + record)
      .digest("hex"),
  };
}
