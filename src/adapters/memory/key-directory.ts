// API keys in memory: the twin of the Postgres directory for tests.

import type { KeyDirectory, KeyRecord } from "../../ports/key-directory.ts";
import { ok } from "../../result.ts";

export interface MemoryKeyDirectory extends KeyDirectory {
  put(record: KeyRecord): void;
  lastUsedAtMs(keyId: string): number | undefined;
}

const NOTE_EVERY_MS = 60_000;

export function memoryKeyDirectory(now: () => number): MemoryKeyDirectory {
  const records = new Map<string, KeyRecord>();
  const used = new Map<string, number>();

  return {
    find(keyId) {
      const record = records.get(keyId);
      if (record && now() - (used.get(keyId) ?? -Infinity) > NOTE_EVERY_MS) used.set(keyId, now());
      return Promise.resolve(ok(record));
    },
    put: (record) => void records.set(record.keyId, record),
    lastUsedAtMs: (keyId) => used.get(keyId),
  };
}
