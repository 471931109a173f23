// What a call takes from its caller's quota, before it runs.

import { ok } from "../result.ts";
import type { Caller } from "../access/principal.ts";
import type { Spent } from "./quota-lease.ts";
import type { CallSession } from "./session.ts";
import type { Tool } from "./tool.ts";

/** Nobody has no quota: anonymous calls are limited at the door, by their address. */
export async function charge({ cost, effect }: Tool, caller: Caller, session: CallSession): Promise<Spent> {
  if (caller.kind === "anonymous") return ok(undefined);
  const { quota, policy, now } = session;
  const spent = await quota.spend({ cost, limits: policy.quota(caller.roles) }, now());
  // Without its count an agent can still look for what is wrong, within its sessions' limits; to act, it must be counted.
  const isUncounted = !spent.ok && spent.error.kind !== "quota_exhausted" && effect === "read";
  return isUncounted ? ok(undefined) : spent;
}
