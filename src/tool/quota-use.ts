// What a principal has spent, to be looked at.

import { withDeadline } from "../deadline.ts";
import { endOf } from "../limits/quota.ts";
import { err, ok } from "../result.ts";
import type { Policy } from "../access/policy.ts";
import type { Principal } from "../access/principal.ts";
import type { QuotaWindow } from "../limits/quota.ts";
import type { UpstreamFailure } from "../ports/failure.ts";
import type { QuotaStore } from "../ports/quota-store.ts";
import type { Result } from "../result.ts";

const ASK_TIMEOUT_MS = 1_000;

export interface WindowUse {
  readonly limit: number;
  /** With what sessions hold leased. */
  readonly used: number;
  readonly left: number;
  readonly resetsAtMs: number;
}

export interface QuotaUse {
  readonly of: (
    principal: Pick<Principal, "id" | "roles">,
  ) => Promise<Result<Readonly<Record<QuotaWindow, WindowUse>>, UpstreamFailure>>;
}

export function quotaUse(store: QuotaStore, policy: Policy): QuotaUse {
  return {
    async of({ id, roles }) {
      const asked = await withDeadline(ASK_TIMEOUT_MS, undefined, () => store.spent(id));
      const answered = asked.ok ? asked.value : err(UNREACHABLE);
      if (!answered.ok) return err(UNREACHABLE);

      const { atMs, spent } = answered.value;
      const limits = policy.quota(roles);
      const use = (window: QuotaWindow): WindowUse => {
        const [limit, used] = [limits[window], spent[window]];
        return { limit, used, left: Math.max(0, limit - used), resetsAtMs: endOf(window, atMs) };
      };
      return ok({ minute: use("minute"), hour: use("hour"), day: use("day") });
    },
  };
}

const UNREACHABLE: UpstreamFailure = {
  kind: "upstream_unavailable",
  upstream: "quota",
  message: "Your quota cannot be looked up at the moment; reading goes on without it.",
};
