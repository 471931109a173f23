// What people decide: on an approval, and on what is switched off. Of two at the same time one wins and the other is told.

import { err, ok } from "../result.ts";
import { killed } from "./ledger.ts";
import { actorOf, approvalEntry, CONSOLE, switchEntry } from "./records.ts";
import { whyNotAgain, whyNotBreakGlass, whyNotDecide, whyNotSwitchOff, whyNotSwitchOn } from "./separation.ts";
import { decided } from "./states.ts";
import { covering, subjectOf } from "./switches.ts";
import type { Actor } from "../audit/record.ts";
import type { Deciding, Flipping, NotDecided } from "../ports/approval-console.ts";
import type { Approval, Decision, KillSwitch } from "../ports/approvals.ts";
import type { Result } from "../result.ts";
import type { Ledger } from "./ledger.ts";
import type { LedgerParts } from "./ledger-parts.ts";

/** What is read in a card and in an audit row at a glance. */
export const MAX_REASON_CHARS = 500;

export class Decisions {
  readonly #parts: LedgerParts;
  readonly #ledger: Ledger;

  constructor(parts: LedgerParts, ledger: Ledger) {
    this.#parts = parts;
    this.#ledger = ledger;
  }

  async decide(deciding: Deciding): Promise<Result<Approval, NotDecided>> {
    const approval = this.#ledger.find(deciding.id);
    if (!approval) return err({ kind: "not_found", message: "There is no approval of this id." });
    const refusal = this.#whyNot(approval, deciding);
    if (refusal?.kind === "forbidden") return this.#refuse(approval, deciding, refusal.message);
    return refusal ? err(refusal) : this.#write(approval, deciding);
  }

  async flip(flipping: Flipping): Promise<Result<readonly KillSwitch[], NotDecided>> {
    const { switches, policy } = this.#parts;
    const { by, on } = flipping;
    const which = { scope: flipping.scope, name: flipping.scope === "all" ? "" : flipping.name };
    const reason = flipping.reason.trim();
    if (reason === "") return err(REASON_FOR_SWITCH);

    const known = switches.all().find(({ scope, name }) => scope === which.scope && name === which.name);
    const whyNot = on && known ? whyNotSwitchOn(known, by, policy) : whyNotSwitchOff(which, by, policy);
    const actor = this.#actor(flipping);
    const entry = { callId: this.#parts.uuid(), which, isOn: on, reason };
    if (whyNot !== undefined) {
      const refused = await this.#parts.refuse(switchEntry({ ...entry, refusedAs: "permission_denied" }), actor);
      return err(refused.ok ? { kind: "forbidden", message: whyNot } : refused.error);
    }

    const written = this.#parts.commit(() => {
      const isChanged = on ? switches.on(which) : switches.off(this.#switchOf(flipping, which));
      if (isChanged) this.#parts.record(switchEntry(entry), actor);
      return isChanged;
    });
    if (!written.ok) return written;
    return written.value ? ok(switches.all()) : err(on ? NOT_OFF : OFF_ALREADY);
  }

  #whyNot(approval: Approval, deciding: Deciding): NotDecided | undefined {
    const { verdict, reason = "", by } = deciding;
    const rules = { policy: this.#parts.policy, nowMs: this.#parts.now() };
    const decider = { principal: by, authenticatedAtMs: deciding.authenticatedAtMs };
    const why = (verdict === "break_glass" ? whyNotBreakGlass : whyNotDecide)(approval, decider, rules);
    if (why !== undefined) return { kind: "forbidden", message: why };

    const stale = whyStale(approval, deciding);
    if (stale) return stale;
    const again = verdict === "approve" ? whyNotAgain(approval, by) : undefined;
    if (again !== undefined) return { kind: "forbidden", message: again };

    if (reason.trim() === "" && (verdict === "break_glass" || (approval.reasonRequired && verdict === "approve")))
      return { kind: "reason_required", message: "Say why: this decision needs a reason." };
    // What is switched off may be turned down, and nothing else.
    const off = verdict === "reject" ? undefined : covering(this.#parts.switches.all(), subjectOf(approval));
    return off && killed(off);
  }

  #write(approval: Approval, deciding: Deciding): Result<Approval, NotDecided> {
    const { approvals, commit, record, uuid, now, onChange } = this.#parts;
    const decision = decisionOf(deciding, now());
    const asOf = { revision: approval.revision, nowMs: decision.atMs };
    const written = commit(() => {
      const after = approvals.decide(approval.id, decided(approval, decision), asOf);
      if (after) {
        const action = decision.verdict === "reject" ? "approval.rejected" : "approval.approved";
        record(
          approvalEntry(after, { callId: uuid(), action, facts: factsOf(after, decision) }),
          this.#actor(deciding),
        );
      }
      return after;
    });
    if (!written.ok) return written;
    if (!written.value) return err(STALE);
    onChange(written.value, decision.verdict === "break_glass" ? "broken_glass" : "decided");
    return ok(written.value);
  }

  async #refuse(approval: Approval, deciding: Deciding, message: string): Promise<Result<never, NotDecided>> {
    const facts = { verdict: deciding.verdict, why: message };
    const happened = { callId: this.#parts.uuid(), action: "approval.decision_refused", facts } as const;
    const entry = approvalEntry(approval, { ...happened, refusedAs: "permission_denied" });
    const refused = await this.#parts.refuse(entry, this.#actor(deciding));
    return err(refused.ok ? { kind: "forbidden", message } : refused.error);
  }

  #switchOf({ by, reason }: Flipping, which: Pick<KillSwitch, "scope" | "name">): KillSwitch {
    const owner = by.owner === undefined ? {} : { owner: by.owner };
    return { ...which, by: by.id, ...owner, reason: reason.trim(), atMs: this.#parts.now() };
  }

  #actor({ by, sourceIp }: Pick<Deciding, "by" | "sourceIp">): Actor {
    return actorOf(by, { sessionId: CONSOLE, sourceIp, policyVersion: this.#parts.policy.version });
  }
}

/** What its author had before them is not what there is. */
function whyStale(approval: Approval, { revision, planDigest }: Deciding): NotDecided | undefined {
  if (approval.state === "expired") return { kind: "approval_expired" };
  if (approval.state !== "requested") return { kind: "conflict", message: ENDED[approval.state] };
  return approval.revision === revision && approval.plan.digest === planDigest ? undefined : STALE;
}

function decisionOf({ by, verdict, reason = "" }: Deciding, atMs: number): Decision {
  const { id, roles, owner, credential } = by;
  return {
    by: id,
    roles: [...roles],
    ...(owner !== undefined && { owner }),
    ...(credential.kind === "key" && { keyId: credential.id }),
    verdict,
    ...(reason.trim() !== "" && { reason: reason.trim().slice(0, MAX_REASON_CHARS) }),
    atMs,
  };
}

function factsOf({ state, decisions, required }: Approval, { verdict, reason }: Decision) {
  const isAlone = verdict === "break_glass";
  // Somebody must look at it afterwards: this is what they search for.
  return { verdict, state, given: decisions.length, required, reason, ...(isAlone && { review: "required" }) };
}

const STALE: NotDecided = {
  kind: "conflict",
  message: "It has changed since you looked: look at it again before you decide.",
};

const ENDED = {
  approved: "Somebody has approved it already.",
  rejected: "Somebody has rejected it already.",
  cancelled: "The requester has withdrawn it.",
  revoked: "It was revoked, because it was presented with something else than was asked for.",
  consumed: "It was approved and has been used.",
} as const;

const REASON_FOR_SWITCH: NotDecided = {
  kind: "reason_required",
  message: "Say why: whoever finds this switched must understand it.",
};
const OFF_ALREADY: NotDecided = { kind: "conflict", message: "It is switched off already." };
const NOT_OFF: NotDecided = { kind: "conflict", message: "It is not switched off." };
