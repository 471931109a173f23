// Postgres as a test wants it to behave: a script of what happens to one insert after the other, then all is well.

import { err, ok } from "../../src/result.ts";
import type { AuditStore, JournalRow } from "../../src/ports/audit-store.ts";
import type { UpstreamFailure } from "../../src/ports/failure.ts";

/**
 * `down`: nothing arrives. `unheard`: the rows are stored, and the answer is lost on its way.
 */
export type Step = "ok" | "down" | "unheard";

export interface ScriptedAuditStore extends AuditStore {
  readonly inserts: () => number;
}

export const DOWN: UpstreamFailure = {
  kind: "upstream_unavailable",
  upstream: "postgres",
  message: "postgres is down",
};

export interface Script {
  readonly inserts?: Step[];
  readonly quarantines?: Step[];
  /** Runs while the rows are on their way: what the session does in the meantime. */
  readonly meanwhile?: (rows: readonly JournalRow[]) => void;
}

export function scriptedAuditStore(behind: AuditStore, script: Script): ScriptedAuditStore {
  const { inserts = [], quarantines = [], meanwhile } = script;
  let asked = 0;
  return {
    inserts: () => asked,
    async insert(rows, signal) {
      asked += 1;
      meanwhile?.(rows);
      const step = inserts.shift() ?? "ok";
      if (step === "down") return err(DOWN);
      const stored = await behind.insert(rows, signal);
      return step === "unheard" && stored.ok ? err(DOWN) : stored;
    },
    async quarantine(row, refusal, signal) {
      const step = quarantines.shift() ?? "ok";
      if (step === "down") return err(DOWN);
      await behind.quarantine(row, refusal, signal);
      return step === "unheard" ? err(DOWN) : ok(undefined);
    },
    maintain: (retention, signal) => behind.maintain(retention, signal),
  };
}
