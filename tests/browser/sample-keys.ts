// Keys as they are held on a working day. Their holders are nobody's, and their secrets open nothing.

import { CreateKey, KeyEntry, Keys, NewKey, RotateKey } from "../../src/http/console/contract/keys.ts";
import { ReasonBody } from "../../src/http/console/contract/live.ts";
import { ADMIN } from "./sample-sessions.ts";
import { NOW } from "./samples.ts";
import type { ScriptedApi } from "./scripted-api.ts";

const DAY_MS = 86_400_000;
const days = (count: number): string => new Date(NOW + count * DAY_MS).toISOString();

const HOLDERS = [
  ["agent/incident-triage", "team/oncall", ["agent", "platform-observer", "operator"], "the one on the pager"],
  ["agent/release-notes", "access:release@example.com", ["agent", "observer"], undefined],
  ["agent/capacity-planner", "team/platform", ["agent", "platform-observer"], "reads nodes every quarter of an hour"],
  ["agent/shop-helper", "team/shop", ["agent", "shop-observer", "shop-operator"], undefined],
  ["agent/nightly-report", undefined, ["agent", "observer"], "cron, 03:00"],
  ["agent/cost-watch-for-the-payments-and-fraud-teams", "team/payments", ["agent", "observer"], undefined],
] as const;
const OWNERS = ["access:admin@example.com", "access:lead@example.com", undefined] as const;

export function key(number: number, changed: Partial<KeyEntry> = {}): KeyEntry {
  const [principal, behalf, roles, note] = HOLDERS[number % HOLDERS.length] ?? HOLDERS[0];
  const owner = OWNERS[number % OWNERS.length];
  const isRevoked = number % 6 === 5;
  const isExpired = !isRevoked && number % 7 === 6;
  return KeyEntry().parse({
    id: `k_${number.toString(16).padStart(2, "0")}7f3a9c21e4`,
    principal,
    kind: "agent",
    roles: [...roles],
    ...(behalf === undefined ? {} : { on_behalf_of: behalf }),
    ...(owner === undefined ? {} : { owner }),
    ...(note === undefined ? {} : { note }),
    created_at: days(-60 - number),
    expires_at: isExpired ? days(-number) : days(3 + number * 2),
    ...(isRevoked ? { revoked_at: days(-number / 2) } : {}),
    ...(number % 5 === 4 ? {} : { last_used_at: days(-number / 24) }),
    state: stateOf(isRevoked, isExpired),
    mine: isRevoked || isExpired ? { may_change: false, why_not: "It has ended already." } : { may_change: true },
    ...changed,
  });
}

function stateOf(isRevoked: boolean, isExpired: boolean): KeyEntry["state"] {
  if (isRevoked) return "revoked";
  return isExpired ? "expired" : "active";
}

export const KEYS: readonly KeyEntry[] = Array.from({ length: 60 }, (_, number) => key(number));

export const ROLES: Keys["roles"] = [
  { name: "agent", description: "Any agent: its own context, and what is public." },
  { name: "observer", description: "Reads workloads, metrics and logs everywhere." },
  { name: "shop-observer", description: "Reads workloads, metrics and logs of the shop, and of nothing else." },
  { name: "platform-observer", description: "Reads everything an observer does, and the nodes." },
  { name: "shop-operator", description: "Proposes and runs runbooks in the shop, each with a human's approval." },
];

export const SECRET = "ghk_01HZX3Q8_not-a-key-that-opens-anything-7Yp2";

/** A list that changes as the page asks, for whoever administers it. */
export function hang(api: ScriptedApi, first: readonly KeyEntry[]): void {
  api.me = ADMIN;
  let all = [...first];
  const made = (entry: KeyEntry): NewKey => {
    all = [entry, ...all];
    return NewKey().parse({ key: entry, secret: SECRET });
  };
  api.answers.set("GET keys", () => Keys().parse({ keys: all, roles: ROLES, now: new Date(api.nowMs).toISOString() }));
  api.answers.set("POST keys", ({ path, body }) => {
    const [, id, action] = path.split("/");
    const old = all.find((one) => one.id === id);
    if (action === "rotate" && old) {
      const { overlap_minutes, expires_in_days } = RotateKey().parse(body);
      const ends = new Date(NOW + overlap_minutes * 60_000).toISOString();
      all = all.map((one) => (one === old ? { ...old, expires_at: ends } : one));
      return made({ ...old, id: "k_new0000000001", expires_at: days(expires_in_days) });
    }
    if (action === "revoke" && old) {
      ReasonBody().parse(body);
      const revoked = KeyEntry().parse({ ...old, state: "revoked", revoked_at: days(0), mine: { may_change: false } });
      all = all.map((one) => (one === old ? revoked : one));
      return revoked;
    }
    const { expires_in_days, ...asked } = CreateKey().parse(body);
    return made(key(0, { ...asked, id: "k_new0000000002", created_at: days(0), expires_at: days(expires_in_days) }));
  });
}
