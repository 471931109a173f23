// The contract of QuotaStore, over memory and over the SQLite of a principal's object; and how the latter fails.

import { describe, expect, it } from "vitest";
import { memoryQuotaStore } from "../../src/adapters/memory/quota-store.ts";
import { ObjectQuotaStore } from "../../src/adapters/object-quota-store.ts";
import { SqliteQuota } from "../../src/adapters/sqlite-quota.ts";
import { fixedClock } from "../support/clock.ts";
import { sqliteStorage } from "../support/sqlite-storage.ts";
import { quotaStoreContract } from "./quota-store.suite.ts";
import type { QuotaStub } from "../../src/adapters/object-quota-store.ts";

const LIMITS = { minute: 100, hour: 200, day: 300 };
const ONE = { least: 1, most: 1, limits: LIMITS };

/** As the platform offers an object: every method answers later. */
function stubOf(quota: SqliteQuota): QuotaStub {
  return {
    lease: (request) => Promise.resolve().then(() => quota.lease(request)),
    giveBack: (unused) => Promise.resolve().then(() => quota.giveBack(unused)),
    spent: () => Promise.resolve().then(() => quota.spent()),
  };
}

describe("in memory", () => {
  quotaStoreContract(() => {
    const clock = fixedClock();
    return { store: memoryQuotaStore(clock.now), now: clock.now, pass: clock.advance };
  });
});

describe("in one object for each principal", () => {
  quotaStoreContract(() => {
    const clock = fixedClock();
    const objects = new Map<string, SqliteQuota>();
    const objectOf = (principalId: string) => {
      const object = objects.get(principalId) ?? new SqliteQuota(sqliteStorage().sql, clock.now);
      objects.set(principalId, object);
      return object;
    };
    const store = new ObjectQuotaStore((principalId) => stubOf(objectOf(principalId)));
    return { store, now: clock.now, pass: clock.advance };
  });

  it("survives the object's sleep, and writes one row a lease and none for a refusal", () => {
    const clock = fixedClock();
    const storage = sqliteStorage();
    const before = new SqliteQuota(storage.sql, clock.now);
    const commits = storage.commits();
    for (let count = 0; count < 5; count++) before.lease({ ...ONE, least: 20, most: 20 });
    for (let count = 0; count < 50; count++) before.lease(ONE);

    expect(storage.commits() - commits).toBe(5);
    const after = new SqliteQuota(storage.sql, clock.now);
    expect(after.spent()).toEqual(before.spent());
    expect(after.lease(ONE)).toMatchObject({ ok: false });
    expect([...storage.sql.exec("select * from spent")]).toHaveLength(1);
  });

  it("grants nothing when its row cannot be written", () => {
    const storage = sqliteStorage();
    const quota = new SqliteQuota(storage.sql, fixedClock().now);
    storage.breakWrites(new Error("disk full"));

    expect(() => quota.lease(ONE)).toThrow("disk full");

    storage.breakWrites(undefined);
    expect(quota.spent().spent.minute).toBe(0);
  });

  it("is unavailable when its object cannot be reached, and does not say why", async () => {
    const broken: QuotaStub = {
      lease: () => Promise.reject(new Error("hunter2")),
      giveBack: () => Promise.reject(new Error("hunter2")),
      spent: () => Promise.reject(new Error("hunter2")),
    };
    const stores = [
      new ObjectQuotaStore(() => broken),
      new ObjectQuotaStore(() => {
        throw new Error("hunter2");
      }),
    ];

    for (const store of stores) {
      const outcomes = await Promise.all([
        store.lease("a", ONE),
        store.giveBack("a", { units: 1, atMs: 0 }),
        store.spent("a"),
      ]);
      for (const outcome of outcomes)
        expect(outcome).toMatchObject({ error: { kind: "upstream_unavailable", upstream: "quota" } });
      expect(JSON.stringify(outcomes)).not.toContain("hunter2");
    }
  });
});
