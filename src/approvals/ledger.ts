// The life of an approval, from the request to its end. Nothing here waits between looking and writing.

import { err, ok } from "../result.ts";
import { BACKPRESSURE } from "./ledger-parts.ts";
import { actorOf, approvalEntry, nobody, requestFacts } from "./records.ts";
import { judged, MAX_MISMATCHES, tokenEndsMs } from "./states.ts";
import { covering, subjectOf } from "./switches.ts";
import type { Principal } from "../access/principal.ts";
import type { Actor } from "../audit/record.ts";
import type { Approval, ApprovalRefusal, KillSwitch, NewApproval } from "../ports/approvals.ts";
import type { RunState } from "../ports/runs.ts";
import type { Kept, LedgerParts } from "./ledger-parts.ts";

/** Each is a card that somebody must read. */
const MAX_OPEN_OF_ONE = 20;
/** A card that nobody could read, and close to what a row may hold. */
const MAX_REQUEST_CHARS = 512 * 1_024;
const KEEP_ENDED_MS = 90 * 86_400_000;

export class Ledger {
  readonly #parts: LedgerParts;

  constructor(parts: LedgerParts) {
    this.#parts = parts;
  }

  /** As of now. */
  find(id: string): Approval | undefined {
    const found = this.#parts.approvals.find(id);
    return found && judged(found, this.#parts.now());
  }

  /** Somebody else's is not found. */
  own(id: string, principalId: string): Kept<Approval> {
    const found = this.find(id);
    return found?.requester.id === principalId ? ok(found) : err(NOT_FOUND);
  }

  request(asked: NewApproval): Kept<Approval> {
    const { approvals, now } = this.#parts;
    const refusal = this.#whyNotRequest(asked);
    if (refusal) return err(refusal);

    const requestedAtMs = now();
    const isFree = asked.required === 0;
    const approval: Approval = {
      ...asked,
      id: this.#parts.uuid(),
      state: isFree ? "approved" : "requested",
      requestedAtMs,
      expiresAtMs: isFree ? tokenEndsMs(asked, requestedAtMs) : requestedAtMs + asked.lifetimeMs,
      decisions: [],
      mismatches: 0,
      revision: 1,
    };
    const written = this.#parts.commit(() => {
      approvals.insert(approval);
      this.#record(approval, "approval.requested", { by: this.#requester(approval), facts: requestFacts(approval) });
      if (isFree) this.#record(approval, "approval.approved", { facts: { required: 0 } });
      approvals.prune(requestedAtMs - KEEP_ENDED_MS);
    });
    if (!written.ok) return written;
    this.#parts.onChange(approval, "requested");
    return ok(approval);
  }

  cancel(id: string, principalId: string): Kept<Approval> {
    const found = this.own(id, principalId);
    if (!found.ok) return found;
    const written = this.#parts.commit(() => {
      const cancelled = this.#parts.approvals.cancel(id, this.#parts.now());
      if (cancelled) this.#record(cancelled, "approval.cancelled", { by: this.#requester(cancelled) });
      return cancelled;
    });
    if (!written.ok) return written;
    if (!written.value) return err(endedAs(found.value) ?? NOT_FOUND);
    this.#parts.onChange(written.value, "ended");
    return ok(written.value);
  }

  /** Counted while it can still be used, and written down in any case. */
  async mismatch(id: string, principal: Principal, what: string): Promise<Kept<undefined>> {
    const { approvals, commit, now } = this.#parts;
    const by = this.#actor(principal);
    const happened = { by, facts: { what }, refusedAs: "approval_invalid" };
    const written = commit(() => {
      const counted = approvals.mismatch(id, { most: MAX_MISMATCHES, nowMs: now() });
      if (!counted) return undefined;
      this.#record(counted, "approval.mismatch", happened);
      if (counted.state === "revoked") this.#record(counted, "approval.revoked", { facts: { what } });
      return counted;
    });
    if (!written.ok) return written;
    if (written.value?.state === "revoked") this.#parts.onChange(written.value, "ended");
    if (written.value) return ok(undefined);
    return this.#refuse(this.find(id), "approval.mismatch", happened);
  }

  /** Those whose time has come are written down as what they are already. */
  expire(): void {
    const { approvals, commit, now } = this.#parts;
    const nowMs = now();
    for (const id of approvals.due(nowMs, MAX_EXPIRED_AT_ONCE)) {
      const written = commit(() => {
        const expired = approvals.expire(id, nowMs);
        if (expired) this.#record(expired, "approval.expired");
        return expired;
      });
      if (!written.ok) return;
      if (written.value) this.#parts.onChange(written.value, "ended");
    }
  }

  /** Told by the run's own object, which has written it down. Told twice is told once. */
  runEnded(runId: string, state: RunState): void {
    const ended = this.#parts.approvals.runEnded(runId, { state, nowMs: this.#parts.now() });
    if (ended) this.#parts.onChange(ended, "run_ended");
  }

  #whyNotRequest(asked: NewApproval): ApprovalRefusal | undefined {
    const { approvals, switches, admits, now } = this.#parts;
    const off = covering(switches.all(), subjectOf(asked));
    if (off) return killed(off);
    const [blocker] = asked.plan.blockers;
    if (blocker !== undefined)
      return { kind: "conflict", message: `Nothing that cannot run can be approved. ${blocker}` };
    if (JSON.stringify(asked).length > MAX_REQUEST_CHARS)
      return { kind: "conflict", message: "The plan is too large for a human to judge: choose a narrower target." };
    const nowMs = now();
    const open = approvals.expiriesOf(asked.requester.id).filter((atMs) => nowMs < atMs);
    if (open.length >= MAX_OPEN_OF_ONE) {
      const message = `You have ${open.length} open requests: wait for decisions, or cancel those that you no longer need.`;
      return { kind: "busy", message, retryAfterMs: Math.max(1_000, (open[0] ?? nowMs) - nowMs) };
    }
    return admits() ? undefined : BACKPRESSURE;
  }

  #record(approval: Approval, action: `approval.${string}`, happened: Happening = {}): void {
    const { record, uuid, policy } = this.#parts;
    const { by = nobody(policy.version), ...rest } = happened;
    record(approvalEntry(approval, { callId: uuid(), action, ...rest }), by);
  }

  /** An approval that does not exist leaves a line, too: somebody made up a name. */
  async #refuse(approval: Approval | undefined, action: `approval.${string}`, { by, ...rest }: Refusal) {
    const { refuse, uuid } = this.#parts;
    const callId = uuid();
    const entry = approval
      ? approvalEntry(approval, { callId, action, ...rest })
      : ({ callId, phase: "event", action, decision: "refused", outcome: "refused", reason: rest.refusedAs } as const);
    return refuse(entry, by);
  }

  #requester({ requester, sessionObject = "" }: Approval): Actor {
    return actorOf(requester, { sessionId: sessionObject, policyVersion: this.#parts.policy.version });
  }

  #actor(principal: Principal): Actor {
    return actorOf(principal, { sessionId: "", policyVersion: this.#parts.policy.version });
  }
}

/** What an alarm has time for; the next one goes on. */
const MAX_EXPIRED_AT_ONCE = 500;

interface Happening {
  readonly by?: Actor;
  readonly facts?: Readonly<Record<string, unknown>>;
  readonly refusedAs?: string;
}
type Refusal = Required<Happening>;

export function killed({ scope, name, reason }: KillSwitch): ApprovalRefusal {
  return { kind: "kill_switch_active", scope, name, reason };
}

/** Why one that has ended can be neither used nor changed; undefined while it is open. */
export function endedAs({ state, runId = "" }: Pick<Approval, "state" | "runId">): ApprovalRefusal | undefined {
  switch (state) {
    case "requested":
    case "approved":
      return undefined;
    case "expired":
      return { kind: "approval_expired" };
    case "consumed":
      return { kind: "approval_consumed", runId };
    case "rejected":
    case "cancelled":
    case "revoked":
      return { kind: "approval_invalid", message: ENDINGS[state] };
  }
}

const ENDINGS = {
  rejected: "It was rejected: read the reason with runbook.get_run before you ask again.",
  cancelled: "It was cancelled: ask for a new approval with runbook.request_approval.",
  revoked:
    "It was revoked, because it was presented three times with something else than was approved: ask for a new one.",
} as const;

const NOT_FOUND: ApprovalRefusal = { kind: "not_found", message: "You have no approval of this id." };
