// The approval desk over the object that is the authority on every approval of the deployment.

import { err } from "../result.ts";
import type { Principal } from "../access/principal.ts";
import type { ApprovalDesk, Asked, NewApproval, Redemption } from "../ports/approvals.ts";
import type { UpstreamFailure } from "../ports/failure.ts";

/** The remote methods are the port's own: every answer is a value. */
export type ApprovalStub = ApprovalDesk;

export class ObjectApprovalDesk implements ApprovalDesk {
  readonly #stub: () => ApprovalStub;

  constructor(stub: () => ApprovalStub) {
    this.#stub = stub;
  }

  request(asked: NewApproval) {
    return this.#ask((desk) => desk.request(asked));
  }

  get(id: string, principalId: string) {
    return this.#ask((desk) => desk.get(id, principalId));
  }

  waitFor(id: string, principalId: string, since: { readonly revision: number; readonly waitMs: number }) {
    return this.#ask((desk) => desk.waitFor(id, principalId, since));
  }

  redeem(presented: Redemption) {
    return this.#ask((desk) => desk.redeem(presented));
  }

  mismatch(id: string, principal: Principal, what: string) {
    return this.#ask((desk) => desk.mismatch(id, principal, what));
  }

  cancel(id: string, principalId: string) {
    return this.#ask((desk) => desk.cancel(id, principalId));
  }

  switches() {
    return this.#ask((desk) => desk.switches());
  }

  async #ask<T>(question: (desk: ApprovalStub) => Asked<T>): Asked<T> {
    try {
      return await question(this.#stub());
    } catch {
      // An object that restarts or cannot be reached. What it did is written in its own storage, and can be asked for.
      return err(UNREACHABLE);
    }
  }
}

const UNREACHABLE: UpstreamFailure = {
  kind: "upstream_unavailable",
  upstream: "approvals",
  message: "The approvals cannot be reached at the moment; look with runbook.get_run before you try again.",
};
