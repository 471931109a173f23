// Agent context in memory: the twin of the Redis store for tests.

import { type ContextKey, type ContextStore, MAX_CONTEXT_KEYS } from "../../ports/context-store.ts";
import { err, ok } from "../../result.ts";

export interface MemoryContextOptions {
  readonly now: () => number;
  readonly maxKeys?: number;
}

export function memoryContextStore({ now, maxKeys = MAX_CONTEXT_KEYS }: MemoryContextOptions): ContextStore {
  const principals = new Map<string, Map<string, Held>>();

  function live(principalId: string): Map<string, Held> {
    const held = principals.get(principalId) ?? new Map<string, Held>();
    for (const [key, { expiresAtMs }] of held) if (expiresAtMs <= now()) held.delete(key);
    principals.set(principalId, held);
    return held;
  }

  const secondsLeft = ({ expiresAtMs }: Held) => Math.ceil((expiresAtMs - now()) / 1000);

  return {
    get({ principalId, key }) {
      const held = live(principalId).get(key);
      return Promise.resolve(ok(held && { json: held.json, ttlS: secondsLeft(held) }));
    },
    set({ principalId, key }, { json, ttlS }) {
      const held = live(principalId);
      if (!held.has(key) && held.size >= maxKeys) return Promise.resolve(err({ kind: "context_full", maxKeys }));
      held.set(key, { json, expiresAtMs: now() + ttlS * 1000 });
      return Promise.resolve(ok(undefined));
    },
    delete({ principalId, key }) {
      return Promise.resolve(ok(live(principalId).delete(key)));
    },
    list({ principalId, key: prefix }) {
      const keys: ContextKey[] = [...live(principalId)]
        .filter(([key]) => key.startsWith(prefix))
        .map(([key, held]) => ({ key, ttlS: secondsLeft(held) }));
      return Promise.resolve(ok(keys.sort((a, b) => (a.key < b.key ? -1 : 1))));
    },
  };
}

interface Held {
  readonly json: string;
  readonly expiresAtMs: number;
}
