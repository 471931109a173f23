// Which keys were used, and what came of them: the same key never changes anything twice, and whoever lost the answer gets it again.
import type { Facts } from "./action.ts";

/** What is kept of a key. */
export type Kept =
  | { readonly state: "under_way" }
  | { readonly state: "done"; readonly facts: Facts }
  /** Its answer never came from the API server: nobody here knows. */
  | { readonly state: "lost" };

export type Known = Kept | { readonly state: "new"; readonly claim: Claim } | { readonly state: "another" | "full" };

export interface Claim {
  settle(kept: Kept): void;
  /** Nothing was done: the key may be used again. */
  release(): void;
}

export interface KeyUse {
  readonly key: string;
  /** What was asked under it, as a digest. */
  readonly digest: string;
  /** Who may look at it: the namespace that it was about, or none. */
  readonly namespace: string | undefined;
}

export interface Keys {
  claim(use: KeyUse): Known;
  look(key: string): (Kept & Pick<KeyUse, "namespace">) | undefined;
}

interface KeysOptions {
  readonly keepMs: number;
  readonly capacity: number;
  readonly now: () => number;
}

interface Entry extends KeyUse {
  readonly expiresAt: number;
  readonly kept: Kept;
}

/** Every key is kept equally long, so the map's order of insertion is its order of expiry and eviction looks at the front only. */
export function keyMemory({ keepMs, capacity, now }: KeysOptions): Keys {
  const entries = new Map<string, Entry>();

  const forgetOld = () => {
    for (const [key, { expiresAt }] of entries) {
      if (expiresAt > now()) break;
      entries.delete(key);
    }
  };

  const claimOf = (entry: Entry): Claim => ({
    settle: (kept) => {
      // Replaced in place: its turn to be forgotten stays the same.
      if (entries.has(entry.key)) entries.set(entry.key, { ...entry, kept });
    },
    release: () => void entries.delete(entry.key),
  });

  return {
    claim(use) {
      forgetOld();
      const known = entries.get(use.key);
      if (known) return known.digest === use.digest ? known.kept : { state: "another" };
      // To forget a live key would let what it did be done again.
      if (entries.size >= capacity) return { state: "full" };
      const entry: Entry = { ...use, expiresAt: now() + keepMs, kept: { state: "under_way" } };
      entries.set(use.key, entry);
      return { state: "new", claim: claimOf(entry) };
    },
    look(key) {
      forgetOld();
      const entry = entries.get(key);
      return entry && { ...entry.kept, namespace: entry.namespace };
    },
  };
}
