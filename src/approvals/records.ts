// What is written down of an approval: a line for every transition, and one for everything that was refused.

import { ANONYMOUS } from "../access/principal.ts";
import { redactParams, redactText } from "../audit/redact.ts";
import { targetOf } from "./separation.ts";
import type { Principal } from "../access/principal.ts";
import type { Actor, Entry } from "../audit/record.ts";
import type { Approval, KillSwitch } from "../ports/approvals.ts";

/** The session of what happens at the console, where there is none. */
export const CONSOLE = "console";

export interface Happened {
  readonly callId: string;
  readonly action: `approval.${string}` | `run.${string}`;
  /** The stable name of why it was refused; left out where it was not. */
  readonly refusedAs?: string | undefined;
  readonly facts?: Readonly<Record<string, unknown>> | undefined;
}

/** In full when it is asked for; from then on the runbook and the plan are enough to know what it is about. */
export function approvalEntry(approval: Approval, { callId, action, refusedAs, facts = {} }: Happened): Entry {
  const { id, runbook, plan } = approval;
  const about = { runbook: `${runbook.id}@${runbook.version}`, plan_digest: plan.digest };
  return {
    callId,
    phase: "event",
    action,
    target: targetOf(approval),
    ...verdictOf(refusedAs),
    ...redactParams({ ...about, ...facts }),
    approvalId: id,
  };
}

export function requestFacts(approval: Approval): Readonly<Record<string, unknown>> {
  const { runbook, params, required, from, plan, reason, keyOwner } = approval;
  const { pods, objects } = plan;
  const asked = { runbook_digest: runbook.digest, risk: runbook.risk, params, required, from, pods, objects };
  return { ...asked, ...(reason !== undefined && { reason }), ...(keyOwner !== undefined && { key_owner: keyOwner }) };
}

export interface Flipped {
  readonly callId: string;
  readonly which: Pick<KillSwitch, "scope" | "name">;
  readonly isOn: boolean;
  readonly reason: string;
  readonly refusedAs?: string | undefined;
}

export function switchEntry({ callId, which, isOn, reason, refusedAs }: Flipped): Entry {
  return {
    callId,
    phase: "event",
    action: isOn ? "switch.on" : "switch.off",
    ...(which.scope === "cluster" && { target: { cluster: which.name } }),
    ...verdictOf(refusedAs),
    ...redactParams({ scope: which.scope, name: redactText(which.name), reason }),
  };
}

function verdictOf(refusedAs: string | undefined): Pick<Entry, "decision" | "outcome" | "reason"> {
  return refusedAs === undefined
    ? { decision: "allowed", outcome: "ok" }
    : { decision: "refused", outcome: "refused", reason: refusedAs };
}

/** Whoever acted: a person at the console, or a requester in its session. */
export function actorOf(
  caller: Principal,
  where: { readonly sessionId: string; readonly sourceIp?: string | undefined; readonly policyVersion: string },
): Actor {
  return { caller, sessionId: where.sessionId, sourceIp: where.sourceIp, policyVersion: where.policyVersion };
}

/** Time has passed, or a rule applied: nobody did it. */
export function nobody(policyVersion: string): Actor {
  return { caller: ANONYMOUS, sessionId: "", sourceIp: undefined, policyVersion };
}
