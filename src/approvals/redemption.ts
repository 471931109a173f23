// How an approval is used, once. The order of the questions is the security policy.

import { withDeadline } from "../deadline.ts";
import { err, ok } from "../result.ts";
import { BACKPRESSURE } from "./ledger-parts.ts";
import { endedAs, killed } from "./ledger.ts";
import { actorOf, approvalEntry } from "./records.ts";
import { targetOf, whyNoLonger } from "./separation.ts";
import { covering, subjectOf } from "./switches.ts";
import { authorize } from "../access/grant.ts";
import type { Principal } from "../access/principal.ts";
import type { Approval, ApprovalRefusal, Asked, Redemption } from "../ports/approvals.ts";
import type { UpstreamFailure } from "../ports/failure.ts";
import type { Result } from "../result.ts";
import type { TraceContext } from "../trace-context.ts";
import type { Kept, LedgerParts } from "./ledger-parts.ts";
import type { Ledger } from "./ledger.ts";
import type { Today } from "./today.ts";

/** Two keys of approvers and one of the requester, asked at the same time. */
const LOOKUP_TIMEOUT_MS = 3_000;
/** Whoever consumes it starts the run as well; after this long somebody else does. */
const START_WITHIN_MS = 5_000;
/** While nobody knows when a run will end. */
const ASK_AGAIN_MS = 10_000;

export interface RedemptionParts extends LedgerParts {
  readonly today: Today;
}

/** Everybody whose word counts, as they are now; undefined for whoever is not let in any more. */
interface People {
  readonly approvers: readonly { readonly by: string; readonly principal: Principal | undefined }[];
  readonly requester: Principal | undefined;
}

export class Redemptions {
  readonly #parts: RedemptionParts;
  readonly #ledger: Ledger;

  constructor(parts: RedemptionParts, ledger: Ledger) {
    this.#parts = parts;
    this.#ledger = ledger;
  }

  async redeem(presented: Redemption): Asked<{ readonly runId: string }> {
    const first = this.#judge(presented);
    if (!first.ok) return this.#refuse(presented, first.error);
    const people = await this.#people(first.value, presented.principal);
    if (!people.ok) return people;
    // While they were looked up, somebody else may have come: everything is asked once more in the turn that writes.
    const still = this.#judge(presented);
    return still.ok ? this.#consume(still.value, people.value, presented.trace) : this.#refuse(presented, still.error);
  }

  /** The approval that is presented, if it can be used for this. */
  #judge(presented: Redemption): Result<Approval, ApprovalRefusal | Mismatch> {
    const { approvalId, principal } = presented;
    const approval = this.#ledger.find(approvalId);
    if (approval?.requester.id !== principal.id) return err({ kind: "mismatch", different: ["requester"] });
    const ended = endedAs(approval);
    if (ended) return err(ended);
    const different = this.#differences(approval, presented);
    if (different.length > 0) return err({ kind: "mismatch", different });
    if (approval.state === "requested")
      return err({ kind: "approval_required", approvalId, expiresAtMs: approval.expiresAtMs });
    const off = covering(this.#parts.switches.all(), subjectOf(approval));
    return off ? err(killed(off)) : ok(approval);
  }

  #differences(approval: Approval, presented: Redemption): readonly Difference[] {
    const isPolicy = [presented.policyVersion, this.#parts.policy.version].some(
      (one) => one !== approval.policyVersion,
    );
    const found: readonly (readonly [Difference, boolean])[] = [
      ["runbook", approval.runbook.digest !== presented.runbookDigest],
      ["policy", isPolicy],
      ["params", approval.paramsDigest !== presented.paramsDigest],
      ["plan", approval.plan.digest !== presented.planDigest],
    ];
    return found.filter(([, isDifferent]) => isDifferent).map(([difference]) => difference);
  }

  /** What differs is counted, and burns nothing. */
  async #refuse({ approvalId, principal }: Redemption, refusal: ApprovalRefusal | Mismatch): Promise<Kept<never>> {
    if (refusal.kind !== "mismatch") return err(refusal);
    const counted = await this.#ledger.mismatch(approvalId, principal, refusal.different.join(", "));
    if (!counted.ok) return counted;
    // Of several the first: the others follow from it.
    const [first = "requester"] = refusal.different;
    return err({ kind: "approval_invalid", message: DIFFERENCES[first] });
  }

  async #people({ decisions }: Approval, requester: Principal): Promise<Result<People, UpstreamFailure>> {
    const { today } = this.#parts;
    const asked = await withDeadline(LOOKUP_TIMEOUT_MS, undefined, async (signal) => {
      const looked = decisions.map(async (decision) => ({
        by: decision.by,
        found: await today.approver(decision, signal),
      }));
      const [self, others] = await Promise.all([today.requester(requester, signal), Promise.all(looked)]);
      if (!self.ok) return self;
      const approvers = [];
      for (const { by, found } of others) {
        if (!found.ok) return found;
        approvers.push({ by, principal: found.value });
      }
      return ok({ approvers, requester: self.value });
    });
    return asked.ok ? asked.value : err(TOO_SLOW);
  }

  #consume(
    approval: Approval,
    { approvers, requester }: People,
    trace: TraceContext | undefined,
  ): Kept<{ readonly runId: string }> {
    const { approvals, commit, record, uuid, now, policy, onChange } = this.#parts;
    const refusal =
      this.#whyNoApprover(approval, approvers) ??
      this.#whyNotRequester(approval, requester) ??
      this.#whyWait(approval) ??
      (this.#parts.admits() ? undefined : BACKPRESSURE);
    if (refusal) return err(refusal);

    const runId = `rb-${approval.id}`;
    const by = requester ?? approval.requester;
    const where = { sessionId: approval.sessionObject ?? "", policyVersion: policy.version };
    const written = commit(() => {
      const nowMs = now();
      const run = { runId, startAtMs: nowMs + START_WITHIN_MS, trace };
      const after = approvals.consume(approval.id, run, { revision: approval.revision, nowMs });
      const happened = { callId: uuid(), action: "approval.consumed", facts: { run_id: runId } } as const;
      if (after) record({ ...approvalEntry(after, happened), traceId: trace?.traceId }, actorOf(by, where));
      return after;
    });
    if (!written.ok) return written;
    if (!written.value) return err(endedAs(this.#ledger.find(approval.id) ?? approval) ?? GONE);
    onChange(written.value, "consumed");
    return ok({ runId });
  }

  #whyNoApprover(approval: Approval, approvers: People["approvers"]): ApprovalRefusal | undefined {
    const rules = { policy: this.#parts.policy, nowMs: this.#parts.now() };
    const lost = approvers.find(
      ({ principal }) => principal === undefined || whyNoLonger(approval, principal, rules) !== undefined,
    );
    if (!lost) return undefined;
    return { kind: "forbidden", message: `${lost.by} may no longer approve this: ask for a new approval.` };
  }

  #whyNotRequester(approval: Approval, requester: Principal | undefined): ApprovalRefusal | undefined {
    const granted = requester && authorize(requester, "runbooks:execute", this.#parts.policy);
    if (granted?.ok && granted.value.covers(targetOf(approval)).ok) return undefined;
    return {
      kind: "forbidden",
      message: "You need the permission runbooks:execute here, and do not have it any more.",
    };
  }

  #whyWait(approval: Approval): ApprovalRefusal | undefined {
    const { approvals, now } = this.#parts;
    const { runbook, limits } = approval;
    const last = limits.cooldownMs > 0 ? approvals.lastRun(approval) : undefined;
    const restedAtMs = last && (last.endedAtMs ?? now()) + limits.cooldownMs;
    if (restedAtMs !== undefined && now() < restedAtMs) {
      const message = `${runbook.id} was run with these parameters not long ago; it must rest before it is run with them again.`;
      return { kind: "busy", message, retryAfterMs: restedAtMs - now() };
    }
    if (approvals.running(runbook.id).length < limits.maxConcurrent) return undefined;
    const message = `${limits.maxConcurrent} run(s) of ${runbook.id} are under way, which is as many as it allows.`;
    return { kind: "busy", message, retryAfterMs: ASK_AGAIN_MS };
  }
}

interface Mismatch {
  readonly kind: "mismatch";
  readonly different: readonly Difference[];
}

type Difference = "requester" | "runbook" | "policy" | "params" | "plan";

const DIFFERENCES: Readonly<Record<Difference, string>> = {
  requester: "This approval was not given to you: ask for one of your own with runbook.request_approval.",
  runbook:
    "The runbook is not the one that was approved: it was published anew, or another was named. Preview it again.",
  policy: "The roles of this deployment have changed since the approval: ask for a new one.",
  params:
    "The parameters are not those that were approved: send the approved ones, or ask for an approval of these with runbook.request_approval.",
  plan: "The cluster is not as it was when this was approved: preview again, and ask for an approval of what you see.",
};

const TOO_SLOW: UpstreamFailure = {
  kind: "upstream_timeout",
  upstream: "postgres",
  message: "The keys of those who approved could not be checked in time; nothing was started. Try again.",
};
const GONE: ApprovalRefusal = { kind: "conflict", message: "It changed at this moment: look with runbook.get_run." };
