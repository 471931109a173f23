// An API key as the page is told of it, and what whoever looks may do with it.

import { whyNotRotate } from "../../access/key-rules.ts";
import type { KeyRules } from "../../access/key-rules.ts";
import type { Principal } from "../../access/principal.ts";
import type { ListedKey } from "../../ports/key-admin.ts";
import type { Asked } from "./asked.ts";
import type { KeyEntry } from "./contract/keys.ts";

export interface Looking {
  readonly rules: KeyRules;
  readonly principal: Principal;
  readonly nowMs: number;
  /** All there are, to know which is somebody's last. */
  readonly keys: readonly ListedKey[];
}

export function rulesOf({ services }: Asked): KeyRules {
  const { ACCESS, IDENTITY_PROVIDERS } = services.config;
  const providers = IDENTITY_PROVIDERS.map(({ name }) => name);
  return { policy: services.policy, hasAccess: ACCESS !== undefined, providers };
}

export function lookingAt(keys: readonly ListedKey[], asked: Asked): Looking {
  return { rules: rulesOf(asked), principal: asked.visit.principal, nowMs: asked.services.now(), keys };
}

export function stateOf({ revokedAtMs, expiresAtMs }: ListedKey, nowMs: number): KeyEntry["state"] {
  if (revokedAtMs !== undefined) return "revoked";
  return expiresAtMs <= nowMs ? "expired" : "active";
}

export function keyCard(key: ListedKey, looking: Looking): KeyEntry {
  const { keyId, principalId, kind, roles, onBehalfOf, owner, note } = key;
  return {
    ...{ id: keyId, principal: principalId, kind, roles: [...roles] },
    ...(onBehalfOf !== undefined && { on_behalf_of: onBehalfOf }),
    ...(owner !== undefined && { owner }),
    ...(note !== undefined && { note }),
    ...{ created_at: iso(key.createdAtMs), expires_at: iso(key.expiresAtMs) },
    ...(key.revokedAtMs !== undefined && { revoked_at: iso(key.revokedAtMs) }),
    ...(key.lastUsedAtMs !== undefined && { last_used_at: iso(key.lastUsedAtMs) }),
    state: stateOf(key, looking.nowMs),
    mine: mineOf(key, looking),
  };
}

/** `why_not` beside `may_change` is a warning: of two things that may be done one is not, or has a price. */
function mineOf(key: ListedKey, looking: Looking): KeyEntry["mine"] {
  const state = stateOf(key, looking.nowMs);
  if (state !== "active") return { may_change: false, why_not: `It is ${state} already.` };
  const warning = isOwnLast(key, looking) ? OWN_LAST : whyNotRotate(key, looking.rules);
  return warning === undefined ? { may_change: true } : { may_change: true, why_not: `${warning} It can be revoked.` };
}

function isOwnLast(key: ListedKey, { principal, nowMs, keys }: Looking): boolean {
  const holds = keys.filter((one) => one.principalId === principal.id && stateOf(one, nowMs) === "active");
  return principal.credential.kind === "key" && holds.length === 1 && holds[0]?.keyId === key.keyId;
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

const OWN_LAST = "This is your own last key: once it is revoked, you cannot come in any more.";
