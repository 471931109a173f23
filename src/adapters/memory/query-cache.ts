// The query cache in memory: the twin of the Redis one for tests.

import { ok } from "../../result.ts";
import type { QueryCache, QueryKey } from "../../ports/query-cache.ts";

export interface MemoryQueryCacheOptions {
  readonly now: () => number;
  readonly pause: QueryCache["pause"];
}

export function memoryQueryCache({ now, pause }: MemoryQueryCacheOptions): QueryCache {
  const values = new Map<string, Held>();
  const leases = new Map<string, { readonly holder: string; readonly expiresAtMs: number }>();
  const end = (name: string, holder: string) => {
    if (leases.get(name)?.holder === holder) leases.delete(name);
  };

  return {
    look(key, { holder, leaseMs, notBeforeMs }) {
      const name = nameOf(key);
      const held = values.get(name);
      if (held && held.expiresAtMs > now() && held.storedAtMs >= notBeforeMs) {
        return Promise.resolve(ok({ kind: "hit", json: held.json, storedAtMs: held.storedAtMs }));
      }
      const lease = leases.get(name);
      if (lease && lease.expiresAtMs > now()) return Promise.resolve(ok({ kind: "busy" }));
      leases.set(name, { holder, expiresAtMs: now() + leaseMs });
      return Promise.resolve(ok({ kind: "lease" }));
    },
    put(key, { holder, json, storedAtMs, ttlMs }) {
      const name = nameOf(key);
      const held = values.get(name);
      const isNewer = !held || held.expiresAtMs <= now() || held.storedAtMs <= storedAtMs;
      if (isNewer) values.set(name, { json, storedAtMs, expiresAtMs: now() + ttlMs });
      end(name, holder);
      return Promise.resolve(ok(undefined));
    },
    release(key, holder) {
      end(nameOf(key), holder);
      return Promise.resolve(ok(undefined));
    },
    pause,
  };
}

function nameOf({ cluster, namespaces, question }: QueryKey): string {
  return JSON.stringify([cluster, namespaces, question]);
}

interface Held {
  readonly json: string;
  readonly storedAtMs: number;
  readonly expiresAtMs: number;
}
