// Who somebody is today: a key may have been withdrawn, and its roles changed, since it was last shown.

import { admit } from "../access/api-key.ts";
import { ok } from "../result.ts";
import type { Principal } from "../access/principal.ts";
import type { Decision } from "../ports/approvals.ts";
import type { UpstreamFailure } from "../ports/failure.ts";
import type { KeyDirectory } from "../ports/key-directory.ts";
import type { Result } from "../result.ts";

/** Undefined for whoever would not be let in any more. */
export interface Today {
  requester(principal: Principal, signal: AbortSignal): Promise<Result<Principal | undefined, UpstreamFailure>>;
  approver(decision: Decision, signal: AbortSignal): Promise<Result<Principal | undefined, UpstreamFailure>>;
}

export function today({ keys, now }: { readonly keys: KeyDirectory; readonly now: () => number }): Today {
  const holder = async (keyId: string, principalId: string, signal: AbortSignal) => {
    const found = await keys.find(keyId, signal);
    if (!found.ok) return found;
    const admitted = admit(found.value, now());
    return ok(admitted.ok && admitted.value.id === principalId ? admitted.value : undefined);
  };
  return {
    requester: (principal, signal) =>
      principal.credential.kind === "key"
        ? holder(principal.credential.id, principal.id, signal)
        : Promise.resolve(ok(principal)),
    // Nobody keeps a list of tokens to look them up in: what the roles of then give today is what counts.
    approver: ({ by, roles, owner, keyId }, signal) =>
      keyId === undefined ? Promise.resolve(ok(personOf({ by, roles, owner }))) : holder(keyId, by, signal),
  };
}

function personOf({ by: id, roles, owner }: Pick<Decision, "by" | "roles" | "owner">): Principal {
  const base: Principal = { id, kind: "human", roles, credential: { kind: "access" }, expiresAtMs: Infinity };
  return owner === undefined ? base : { ...base, owner };
}
