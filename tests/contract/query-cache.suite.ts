// What every QueryCache must do, whatever it is made of.

import { describe, expect, it } from "vitest";
import { ok } from "../../src/result.ts";
import type { QueryCache, QueryKey } from "../../src/ports/query-cache.ts";

export interface QueryCacheUnderTest {
  readonly cache: QueryCache;
  /** Lets time pass for the store. */
  readonly pass: (milliseconds: number) => Promise<void>;
}

const VALUES = [
  '{"a":1}',
  '"OK"',
  "dGVzdA==",
  '"Grüße, 你好, 🛰️, \u2028"',
  '"\\u0000 \\ud800 \\n"',
  "1234",
  "",
  "hit 1 x",
];

const MINUTE_MS = 60_000;

export function queryCacheContract(make: () => QueryCacheUnderTest): void {
  const { signal } = new AbortController();
  const someQuery = (): QueryKey => ({ cluster: "prod", namespaces: ["shop"], question: [crypto.randomUUID(), 50] });
  const asking = (holder: string, notBeforeMs = 0, leaseMs = MINUTE_MS) => ({ holder, leaseMs, notBeforeMs });
  const fetched = (holder: string, json = '"v"', storedAtMs = 1_000, ttlMs = MINUTE_MS) => ({
    holder,
    json,
    storedAtMs,
    ttlMs,
  });

  it("gives the first who looks the lease, and tells the others to wait", async () => {
    const { cache } = make();
    const key = someQuery();

    expect(await cache.look(key, asking("a"), signal)).toEqual(ok({ kind: "lease" }));
    expect(await cache.look(key, asking("b"), signal)).toEqual(ok({ kind: "busy" }));
    expect(await cache.look(someQuery(), asking("b"), signal)).toEqual(ok({ kind: "lease" }));
  });

  it("gives the lease to one of many who look at once", async () => {
    const { cache } = make();
    const key = someQuery();

    const looked = await Promise.all(
      Array.from({ length: 20 }, (_, index) => cache.look(key, asking(`${index}`), signal)),
    );

    expect(looked.filter((one) => one.ok && one.value.kind === "lease")).toHaveLength(1);
    expect(looked.filter((one) => one.ok && one.value.kind === "busy")).toHaveLength(19);
  });

  it.each(VALUES)("gives back exactly what was put: %j", async (json) => {
    const { cache } = make();
    const key = someQuery();

    expect(await cache.put(key, fetched("a", json), signal)).toEqual(ok(undefined));

    expect(await cache.look(key, asking("b"), signal)).toEqual(ok({ kind: "hit", json, storedAtMs: 1_000 }));
  });

  it("does not give what was stored too long ago, and lets it be fetched anew", async () => {
    const { cache } = make();
    const key = someQuery();
    await cache.put(key, fetched("a"), signal);

    expect(await cache.look(key, asking("b", 1_001), signal)).toEqual(ok({ kind: "lease" }));
    expect(await cache.look(key, asking("c", 1_001), signal)).toEqual(ok({ kind: "busy" }));
    expect(await cache.look(key, asking("c", 1_000), signal)).toMatchObject(ok({ kind: "hit" }));
  });

  it("ends the lease when the value is there", async () => {
    const { cache } = make();
    const key = someQuery();
    await cache.look(key, asking("a"), signal);
    await cache.put(key, fetched("a"), signal);

    expect(await cache.look(key, asking("b", 2_000), signal)).toEqual(ok({ kind: "lease" }));
  });

  it("keeps the newer of two values", async () => {
    const { cache } = make();
    const key = someQuery();
    await cache.put(key, fetched("a", '"new"', 2_000), signal);
    await cache.put(key, fetched("b", '"old"', 1_000), signal);

    expect(await cache.look(key, asking("c"), signal)).toMatchObject({ value: { json: '"new"' } });
  });

  it("ends a lease without a value for its holder only", async () => {
    const { cache } = make();
    const key = someQuery();
    await cache.look(key, asking("a"), signal);

    await cache.release(key, "b", signal);
    expect(await cache.look(key, asking("c"), signal)).toEqual(ok({ kind: "busy" }));

    await cache.release(key, "a", signal);
    expect(await cache.look(key, asking("c"), signal)).toEqual(ok({ kind: "lease" }));
  });

  it("leaves the lease of who took over to them", async () => {
    const { cache, pass } = make();
    const key = someQuery();
    await cache.look(key, asking("a", 0, 50), signal);
    await pass(100);
    await cache.look(key, asking("b", 3_000), signal);

    await cache.put(key, fetched("a"), signal);

    expect(await cache.look(key, asking("c", 3_000), signal)).toEqual(ok({ kind: "busy" }));
  });

  describe("when time passes", () => {
    it("a lease lapses, and the next who looks takes over", async () => {
      const { cache, pass } = make();
      const key = someQuery();
      await cache.look(key, asking("a", 0, 50), signal);

      await pass(100);

      expect(await cache.look(key, asking("b"), signal)).toEqual(ok({ kind: "lease" }));
    });

    it("a value is gone", async () => {
      const { cache, pass } = make();
      const key = someQuery();
      await cache.put(key, fetched("a", '"v"', 1_000, 50), signal);

      await pass(100);

      expect(await cache.look(key, asking("b"), signal)).toEqual(ok({ kind: "lease" }));
    });
  });

  describe("keeps apart", () => {
    const key: QueryKey = { cluster: "prod", namespaces: ["a", "b"], question: ["up", "now", 50] };

    it.each([
      ["clusters", { cluster: "staging" }],
      ["narrower grants", { namespaces: ["a"] }],
      ["wider grants", { namespaces: ["*"] }],
      ["names that run together", { namespaces: ["a,b"] }],
      ["namespaces and questions", { namespaces: ["a"], question: ["b", "up", "now", 50] }],
      ["moments", { question: ["up", "now-1h", 50] }],
      ["a number and its digits", { question: ["up", "now", "50"] }],
    ] as const)("%s", async (_what, changes) => {
      const { cache } = make();
      const own = { ...key, question: [...key.question, crypto.randomUUID()] };
      await cache.put(own, fetched("x"), signal);

      const other = { ...own, ...changes };
      const looked = await cache.look(other, asking("y"), signal);

      expect(looked).toEqual(ok({ kind: "lease" }));
      await cache.release(other, "y", signal);
    });
  });
}
