// The quota port over the objects that count, one for each principal.

import { err, ok } from "../result.ts";
import type { UpstreamFailure } from "../ports/failure.ts";
import type { Lease, LeaseRequest, QuotaExhausted, QuotaState, QuotaStore, Unused } from "../ports/quota-store.ts";
import type { Result } from "../result.ts";

/** The remote methods of a principal's object. */
export interface QuotaStub {
  lease(request: LeaseRequest): Promise<Result<Lease, QuotaExhausted>>;
  giveBack(unused: Unused): Promise<void>;
  spent(): Promise<QuotaState>;
}

export class ObjectQuotaStore implements QuotaStore {
  readonly #stubOf: (principalId: string) => QuotaStub;

  constructor(stubOf: (principalId: string) => QuotaStub) {
    this.#stubOf = stubOf;
  }

  async lease(principalId: string, request: LeaseRequest): Promise<Result<Lease, QuotaExhausted | UpstreamFailure>> {
    const answered = await this.#ask(principalId, (stub) => stub.lease(request));
    return answered.ok ? answered.value : answered;
  }

  giveBack(principalId: string, unused: Unused): Promise<Result<undefined, UpstreamFailure>> {
    return this.#ask(principalId, async (stub) => {
      await stub.giveBack(unused);
      return undefined;
    });
  }

  spent(principalId: string): Promise<Result<QuotaState, UpstreamFailure>> {
    return this.#ask(principalId, (stub) => stub.spent());
  }

  async #ask<T>(principalId: string, question: (stub: QuotaStub) => Promise<T>): Promise<Result<T, UpstreamFailure>> {
    try {
      return ok(await question(this.#stubOf(principalId)));
    } catch {
      // An object that restarts or cannot be reached: whether it has counted is open, and so it is taken to have.
      return err({ kind: "upstream_unavailable", upstream: "quota", message: "The quota cannot be reached." });
    }
  }
}
