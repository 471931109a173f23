// What whoever looks at an approval may do with it, for the buttons of a page and the sentence beside them.

import { targetOf, whyNotAgain, whyNotBreakGlass, whyNotDecide, whyNotHeld } from "./separation.ts";
import type { Principal } from "../access/principal.ts";
import type { Approval } from "../ports/approvals.ts";
import type { Decider, Rules } from "./separation.ts";

export interface Mine {
  readonly mayDecide: boolean;
  readonly mayBreakGlass: boolean;
  readonly whyNot: string | undefined;
}

/** The object judges again: this is for the eye. */
export function mineOf(approval: Approval, decider: Decider, rules: Rules): Mine {
  if (approval.state !== "requested")
    return { mayDecide: false, mayBreakGlass: false, whyNot: "There is nothing left to decide here." };
  const whyNot = whyNotDecide(approval, decider, rules) ?? whyNotAgain(approval, decider.principal);
  return {
    mayDecide: whyNot === undefined,
    mayBreakGlass: whyNotBreakGlass(approval, decider, rules) === undefined,
    whyNot,
  };
}

/** Its requester; and people who may read runbooks or decide on them where it acts. A program sees none but its own. */
export function maySee(approval: Approval, principal: Principal, policy: Rules["policy"]): boolean {
  if (approval.requester.id === principal.id) return true;
  if (principal.kind !== "human") return false;
  const target = targetOf(approval);
  return (["runbooks:approve", "runbooks:read", "runbooks:break_glass"] as const).some(
    (permission) => whyNotHeld(principal, { permission, target }, policy) === undefined,
  );
}
