// Separation of duties: who may decide on an approval. Each answer is the sentence that a person reads, or undefined for yes.

import { authorize } from "../access/grant.ts";
import { isSamePerson, namesOf } from "./same-person.ts";
import type { Target } from "../access/grant.ts";
import type { Permission } from "../access/permission.ts";
import type { Policy } from "../access/policy.ts";
import type { Principal } from "../access/principal.ts";
import type { Approval, KillSwitch } from "../ports/approvals.ts";

/** A working day, as of the sign-in. */
export const FRESH_MS = 8 * 60 * 60_000;
/** Where much can break, whoever decides has proven within these minutes that it is they who sit there. */
export const FRESH_FOR_HIGH_RISK_MS = 10 * 60_000;

export interface Decider {
  readonly principal: Principal;
  readonly authenticatedAtMs?: number | undefined;
}

export interface Rules {
  readonly policy: Policy;
  readonly nowMs: number;
}

/** For approving and rejecting. */
export function whyNotDecide(approval: Approval, decider: Decider, { policy, nowMs }: Rules): string | undefined {
  const { principal } = decider;
  return (
    whyNotPermitted(principal, { permission: "runbooks:approve", target: targetOf(approval) }, policy) ??
    whyNotOfRole(approval, principal.roles) ??
    whyNotIndependent(approval, principal) ??
    whyNotFresh(approval, decider, nowMs)
  );
}

/** Two approvals are two people. Asked by itself: it may be true of somebody who may decide in every other way. */
export function whyNotAgain({ decisions }: Approval, principal: Principal): string | undefined {
  const mine = namesOf(principal);
  const isDone = decisions.some(({ by, owner }) => isSamePerson(mine, namesOf({ id: by, owner })));
  return isDone ? "You have approved this already; the next approval must come from somebody else." : undefined;
}

/**
 * Alone, at once, and whatever the runbook asks for. The human for whom the requester acts may do this: in an emergency
 * there may be nobody else, and it is why the permission is one of its own. The requester itself never may.
 */
export function whyNotBreakGlass(approval: Approval, decider: Decider, { policy, nowMs }: Rules): string | undefined {
  const { principal } = decider;
  const { requester } = approval;
  const itself = requester.kind === "human" ? namesOf(requester) : [requester.id];
  const needed = { permission: "runbooks:break_glass", target: targetOf(approval) } as const;
  return (
    whyNotPermitted(principal, needed, policy) ??
    (isSamePerson(namesOf(principal), itself) ? OWN_REQUEST : undefined) ??
    whyNotFresh(approval, decider, nowMs)
  );
}

/** Whether somebody who has approved might still do so, with the roles that they have now. */
export function whyNoLonger(approval: Approval, today: Principal, { policy, nowMs }: Rules): string | undefined {
  const given = approval.decisions.find(({ by }) => by === today.id);
  const permission = given?.verdict === "break_glass" ? "runbooks:break_glass" : "runbooks:approve";
  if (today.expiresAtMs <= nowMs) return "The credential has expired.";
  return (
    whyNotPermitted(today, { permission, target: targetOf(approval) }, policy) ??
    (permission === "runbooks:approve" ? whyNotOfRole(approval, today.roles) : undefined)
  );
}

/** Whoever may stop things may do so alone. */
export function whyNotSwitchOff(which: Pick<KillSwitch, "scope" | "name">, by: Principal, policy: Policy) {
  return whyNotHeld(by, { permission: "runbooks:kill", target: targetOfSwitch(which) }, policy);
}

/** To let things run again takes a second person. */
export function whyNotSwitchOn(killSwitch: KillSwitch, by: Principal, policy: Policy): string | undefined {
  const needed = { permission: "runbooks:kill", target: targetOfSwitch(killSwitch) } as const;
  const isOwn = isSamePerson(namesOf(by), namesOf({ id: killSwitch.by, owner: killSwitch.owner }));
  return (
    whyNotPermitted(by, needed, policy) ??
    (isOwn ? "You switched this off, so somebody else must switch it on again." : undefined)
  );
}

export function targetOf({ cluster, namespace }: Pick<Approval, "cluster" | "namespace">): Target {
  return namespace === undefined ? { cluster } : { cluster, namespace };
}

/** Only a grant for every cluster covers what is not of one cluster. */
function targetOfSwitch({ scope, name }: Pick<KillSwitch, "scope" | "name">): Target {
  return { cluster: scope === "cluster" ? name : "*" };
}

interface Needed {
  readonly permission: Permission;
  readonly target: Target;
}

function whyNotPermitted(principal: Principal, needed: Needed, policy: Policy): string | undefined {
  // Asked first: no permission makes a person of a program.
  if (principal.kind !== "human") return "Only a person may decide, and this credential belongs to a program.";
  return whyNotHeld(principal, needed, policy);
}

/** Of anybody, program or person. */
export function whyNotHeld(principal: Principal, { permission, target }: Needed, policy: Policy): string | undefined {
  const granted = authorize(principal, permission, policy);
  if (!granted.ok) return `You need the permission ${permission}, and your roles or your token do not give it.`;
  return granted.value.covers(target).ok ? undefined : `Your permission ${permission} does not reach ${place(target)}.`;
}

function place({ cluster, namespace }: Target): string {
  if (cluster === "*") return "every cluster";
  return namespace === undefined ? `all of cluster ${cluster}` : `namespace ${namespace} in cluster ${cluster}`;
}

function whyNotOfRole({ from }: Approval, roles: readonly string[]): string | undefined {
  if (from.length === 0 || from.some((role) => roles.includes(role))) return undefined;
  return `Somebody with the role ${from.join(" or ")} must decide on this runbook.`;
}

function whyNotIndependent({ requester, keyOwner }: Approval, principal: Principal): string | undefined {
  const mine = namesOf(principal);
  if (isSamePerson(mine, [requester.id])) return OWN_REQUEST;
  const { onBehalfOf, owner, madeBy = [] } = requester;
  if (onBehalfOf !== undefined && isSamePerson(mine, [onBehalfOf]))
    return "This was asked for on your behalf, so somebody else must decide.";
  const owners = [keyOwner, owner].filter((name) => name !== undefined);
  if (isSamePerson(mine, owners)) return "You own the key with which this was asked for, so somebody else must decide.";
  return isSamePerson(mine, madeBy)
    ? "You made the key with which this was asked for, so somebody else must decide."
    : undefined;
}

function whyNotFresh({ runbook }: Approval, { principal, authenticatedAtMs }: Decider, nowMs: number) {
  const isHigh = runbook.risk === "high";
  const anew = isHigh ? "Sign in again: a runbook of high risk is decided within ten minutes of it." : SIGN_IN;
  // A key is shown with each request. Access lets a browser in long after its user has gone.
  if (authenticatedAtMs === undefined) return principal.credential.kind === "access" ? anew : undefined;
  return nowMs - authenticatedAtMs < (isHigh ? FRESH_FOR_HIGH_RISK_MS : FRESH_MS) ? undefined : anew;
}

const OWN_REQUEST = "You asked for this yourself, so somebody else must decide.";
const SIGN_IN = "Sign in again: you did so more than eight hours ago.";
