// A log to be read in tests: chains whose links hold, written as their sessions would.

import { link, sha256 } from "../../src/audit/record.ts";
import type { JournalRow } from "../../src/ports/audit-store.ts";

export interface Written {
  readonly id: string;
  readonly tsMs: number;
  readonly row: JournalRow;
}

type Fields = Readonly<Record<string, unknown>>;

/** One chain: each line after the one before, at the moment it is given. */
export class Chain {
  readonly id = `chain-${crypto.randomUUID()}`;
  readonly written: Written[] = [];
  #hash = sha256(this.id);

  add(atMs: number, fields: Fields = {}): Written {
    const id = crypto.randomUUID();
    const seq = this.written.length + 1;
    const record = JSON.stringify({
      event_id: id,
      ts: new Date(atMs).toISOString(),
      call_id: crypto.randomUUID(),
      phase: "outcome",
      chain_id: this.id,
      seq,
      actor_type: "agent",
      actor_id: "agent:aster",
      session_id: "session-1",
      source_ip: "203.0.113.7",
      action: "tool.call",
      tool: "k8s.list_pods",
      cluster: "demo",
      namespace: "shop",
      decision: "allowed",
      policy_version: "abcdef123456",
      outcome: "ok",
      duration_ms: 12,
      ...fields,
    });
    const prevHash = this.#hash;
    this.#hash = link(prevHash, record);
    const written = { id, tsMs: atMs, row: { seq, record, prevHash, hash: this.#hash } };
    this.written.push(written);
    return written;
  }

  get rows(): readonly JournalRow[] {
    return this.written.map(({ row }) => row);
  }
}

export const EVERYWHERE = [{ clusters: ["*"], namespaces: ["*"] }];
