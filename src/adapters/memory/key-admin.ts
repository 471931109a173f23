// API keys in memory, as an administrator sees them: the twin of the functions in Postgres for tests.

import { MOST_KEYS_AN_HOUR, rolesTogether } from "../../ports/key-admin.ts";
import { err, ok } from "../../result.ts";
import type { KeyAdmin, KeyRefused, ListedKey, NewHolder } from "../../ports/key-admin.ts";
import type { Result } from "../../result.ts";

const [MINUTE_MS, HOUR_MS, DAY_MS] = [60_000, 3_600_000, 86_400_000];

interface Making {
  readonly keyId: string;
  readonly days: number;
  readonly madeBy: readonly string[];
}

export function memoryKeyAdmin(now: () => number): KeyAdmin {
  const keys = new Map<string, ListedKey>();
  const isOver = ({ revokedAtMs, expiresAtMs }: ListedKey) => revokedAtMs !== undefined || expiresAtMs <= now();
  const hasMadeTooMany = (names: readonly string[]) => isTooMany([...keys.values()], names, now() - HOUR_MS);
  const make = ({ keyId, days, madeBy }: Making, holder: NewHolder) => {
    const times = { createdAtMs: now(), expiresAtMs: now() + days * DAY_MS };
    keys.set(keyId, { ...holder, keyId, madeBy, ...times, revokedAtMs: undefined, lastUsedAtMs: undefined });
  };

  return {
    list: () => {
      const newest = [...keys.values()].toSorted((a, b) => b.createdAtMs - a.createdAtMs);
      return Promise.resolve(ok([...newest.filter((key) => !isOver(key)), ...newest.filter(isOver)]));
    },
    find: (keyId) => Promise.resolve(ok(keys.get(keyId))),
    rolesOf(principalIds) {
      const held = [...keys.values()].filter((key) => principalIds.includes(key.principalId) && !isOver(key));
      return Promise.resolve(ok(rolesTogether(held)));
    },
    create({ holder, ...making }) {
      if (hasMadeTooMany(making.madeBy)) return refuse("too_many");
      if ([...keys.values()].some(({ principalId }) => principalId === holder.principalId)) return refuse("name_taken");
      make(making, holder);
      return Promise.resolve(ok(undefined));
    },
    rotate({ replaces, overlapMinutes, ...making }) {
      if (hasMadeTooMany(making.madeBy)) return refuse("too_many");
      const old = keys.get(replaces);
      if (!old || isOver(old)) return refuse("not_found");
      make(making, old);
      keys.set(replaces, { ...old, expiresAtMs: Math.min(old.expiresAtMs, now() + overlapMinutes * MINUTE_MS) });
      return Promise.resolve(ok(undefined));
    },
    revoke(keyId) {
      const key = keys.get(keyId);
      if (!key || key.revokedAtMs !== undefined) return refuse("not_found");
      keys.set(keyId, { ...key, revokedAtMs: now() });
      return Promise.resolve(ok(undefined));
    },
  };
}

function isTooMany(keys: readonly ListedKey[], names: readonly string[], sinceMs: number): boolean {
  const recent = keys.filter(({ createdAtMs }) => createdAtMs > sinceMs);
  return recent.filter(({ madeBy = [] }) => madeBy.some((name) => names.includes(name))).length >= MOST_KEYS_AN_HOUR;
}

function refuse(kind: KeyRefused["kind"]): Promise<Result<never, KeyRefused>> {
  return Promise.resolve(err({ kind }));
}
