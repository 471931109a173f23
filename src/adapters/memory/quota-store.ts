// Quotas in memory: the twin of the objects for tests.

import { asOf, giveBack, lease, UNSPENT } from "../../limits/quota.ts";
import { ok } from "../../result.ts";
import type { QuotaState, QuotaStore } from "../../ports/quota-store.ts";

export function memoryQuotaStore(now: () => number): QuotaStore {
  const states = new Map<string, QuotaState>();
  const stateOf = (principalId: string) => states.get(principalId) ?? UNSPENT;

  return {
    lease(principalId, request) {
      const { state, outcome } = lease(stateOf(principalId), request, now());
      states.set(principalId, state);
      return Promise.resolve(outcome);
    },
    giveBack(principalId, unused) {
      states.set(principalId, giveBack(stateOf(principalId), unused, now()));
      return Promise.resolve(ok(undefined));
    },
    spent(principalId) {
      return Promise.resolve(ok(asOf(stateOf(principalId), now())));
    },
  };
}
