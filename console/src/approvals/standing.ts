// What can still become of an approval, judged by the server's clock.

import type { ApprovalCard, ApprovalState } from "../api/contract.ts";

export function isOpenState(state: ApprovalState): boolean {
  return state === "requested" || state === "approved";
}

/** The server says so a moment later; until then nobody should believe that it can be decided. */
export function stateAt(card: ApprovalCard, nowMs: number): ApprovalState {
  return isOpenState(card.state) && Date.parse(card.expires_at) <= nowMs ? "expired" : card.state;
}

export function approvalsGiven({ decisions }: ApprovalCard): number {
  return decisions.filter(({ verdict }) => verdict !== "reject").length;
}
