// The authority on approvals as its object makes it, on SQLite in memory and a clock that stands.

import { memoryKeyDirectory } from "../../src/adapters/memory/key-directory.ts";
import { SqliteApprovals } from "../../src/adapters/sqlite-approvals.ts";
import { SqliteSwitches } from "../../src/adapters/sqlite-switches.ts";
import { Decisions } from "../../src/approvals/decisions.ts";
import { Ledger } from "../../src/approvals/ledger.ts";
import { Redemptions } from "../../src/approvals/redemption.ts";
import { today } from "../../src/approvals/today.ts";
import { err, ok } from "../../src/result.ts";
import { POLICY } from "./approvals.ts";
import { fixedClock } from "./clock.ts";
import { journalOn } from "./journal-rows.ts";
import { sqliteStorage } from "./sqlite-storage.ts";
import type { Policy } from "../../src/access/policy.ts";
import type { Change, LedgerParts } from "../../src/approvals/ledger-parts.ts";
import type { AuditBackpressure } from "../../src/audit/journal.ts";
import type { Approval } from "../../src/ports/approvals.ts";
import type { Result } from "../../src/result.ts";
import type { TestStorage } from "./sqlite-storage.ts";

export interface Offices {
  readonly policy?: Policy;
  /** Of an earlier one: the same deployment, after another deploy. */
  readonly storage?: TestStorage;
}

export function authority({ policy = POLICY, storage = sqliteStorage() }: Offices = {}) {
  const clock = fixedClock();
  const journal = journalOn({ storage, clock });
  const keys = memoryKeyDirectory(clock.now);
  const changes: (readonly [Approval["state"], Change])[] = [];
  const commit: LedgerParts["commit"] = (work) => {
    let outcome: Result<ReturnType<typeof work>, AuditBackpressure> = err({ kind: "audit_backpressure" });
    try {
      storage.transactionSync(() => {
        outcome = ok(work());
      });
    } catch {
      // As the object does: what was rolled back is forgotten.
      journal.store.reload();
    }
    return outcome;
  };
  const parts = {
    approvals: new SqliteApprovals(storage.sql),
    switches: new SqliteSwitches(storage.sql),
    policy,
    now: clock.now,
    uuid: journal.uuid,
    commit,
    record: journal.journal.record.bind(journal.journal),
    refuse: (...line: Parameters<typeof journal.journal.refuse>) => {
      const written = journal.journal.refuse(...line);
      journal.endTurn();
      return written;
    },
    admits: () => journal.journal.admit("effect").ok && !journal.journal.isLagging(),
    onChange: ({ state }: Approval, change: Change) => void changes.push([state, change]),
  };
  const ledger = new Ledger(parts);
  return {
    ...parts,
    storage,
    clock,
    keys,
    journal,
    changes,
    ledger,
    decisions: new Decisions(parts, ledger),
    redemptions: new Redemptions({ ...parts, today: today({ keys, now: clock.now }) }, ledger),
  };
}
