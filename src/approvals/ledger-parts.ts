// What the authority on approvals is made of: its storage, its journal and its clock, all of one object.

import type { Policy } from "../access/policy.ts";
import type { AuditBackpressure } from "../audit/journal.ts";
import type { Actor, Entry } from "../audit/record.ts";
import type { ApprovalStore, SwitchStore } from "../ports/approval-store.ts";
import type { Approval, ApprovalRefusal } from "../ports/approvals.ts";
import type { Result } from "../result.ts";

export interface LedgerParts {
  readonly approvals: ApprovalStore;
  readonly switches: SwitchStore;
  readonly policy: Policy;
  readonly now: () => number;
  readonly uuid: () => string;
  /** All that is done in it, its lines in the journal included, or nothing. */
  readonly commit: <T>(work: () => T) => Result<T, AuditBackpressure>;
  /** For use in `commit`: throws where the line cannot be kept. */
  readonly record: (entry: Entry, actor: Actor) => void;
  /** For what changes nothing; many of a kind are counted. */
  readonly refuse: (entry: Entry, actor: Actor) => Promise<Result<undefined, AuditBackpressure>>;
  /** Whether what is done now has a hope of a lasting record. */
  readonly admits: () => boolean;
  /** After the commit. */
  readonly onChange: (approval: Approval, change: Change) => void;
}

export type Change = "requested" | "decided" | "broken_glass" | "ended" | "consumed" | "run_ended";

export type Kept<T> = Result<T, ApprovalRefusal>;

export const BACKPRESSURE: AuditBackpressure = { kind: "audit_backpressure" };
