// Which of the keys are listed.

import type { KeyEntry, KeyState } from "./api.ts";

export interface KeyFilter {
  readonly words: string;
  readonly state: KeyState | "all";
}

export const ACTIVE_KEYS: KeyFilter = { words: "", state: "active" };

/** Those that end soonest first, and of those that have ended the latest. */
export function soughtKeys(keys: readonly KeyEntry[], { words, state }: KeyFilter): readonly KeyEntry[] {
  const sought = words.toLowerCase().split(/\s+/);
  return keys
    .filter((key) => state === "all" || key.state === state)
    .filter((key) => sought.every((word) => textOf(key).includes(word)))
    .toSorted((a, b) => Number(a.state !== "active") - Number(b.state !== "active") || byEnd(a, b));
}

export function countByState(keys: readonly KeyEntry[]): Readonly<Record<KeyFilter["state"], number>> {
  const count = (state: KeyState) => keys.filter((key) => key.state === state).length;
  return { active: count("active"), expired: count("expired"), revoked: count("revoked"), all: keys.length };
}

function byEnd(a: KeyEntry, b: KeyEntry): number {
  const soonest = endOf(a) - endOf(b) || (a.id < b.id ? -1 : 1);
  return a.state === "active" ? soonest : -soonest;
}

function endOf({ revoked_at, expires_at }: KeyEntry): number {
  return Date.parse(revoked_at ?? expires_at);
}

function textOf({ id, principal, roles, on_behalf_of = "", owner = "", note = "" }: KeyEntry): string {
  return [id, principal, on_behalf_of, owner, note, ...roles].join(" ").toLowerCase();
}
