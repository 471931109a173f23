// What every QuotaStore must do, whatever it is made of.

import { expect, it } from "vitest";
import { ok } from "../../src/result.ts";
import type { QuotaStore } from "../../src/ports/quota-store.ts";

export interface QuotaStoreUnderTest {
  readonly store: QuotaStore;
  readonly now: () => number;
  readonly pass: (milliseconds: number) => void;
}

const LIMITS = { minute: 100, hour: 200, day: 300 };
const asking = (least: number, most = least) => ({ least, most, limits: LIMITS });

export function quotaStoreContract(make: () => QuotaStoreUnderTest): void {
  const somebody = () => `agent:${crypto.randomUUID()}`;

  it("counts what it leases, in every window", async () => {
    const { store, now } = make();
    const principal = somebody();

    expect(await store.lease(principal, asking(1, 4))).toEqual(ok({ units: 4, atMs: now() }));
    expect(await store.lease(principal, asking(1))).toEqual(ok({ units: 1, atMs: now() }));

    const spent = { minute: 5, hour: 5, day: 5 };
    expect(await store.spent(principal)).toEqual(ok({ atMs: now(), spent }));
  });

  it("has nothing spent for who never asked", async () => {
    const { store, now } = make();

    const spent = { minute: 0, hour: 0, day: 0 };
    expect(await store.spent(somebody())).toEqual(ok({ atMs: now(), spent }));
  });

  it("keeps principals apart, however their names look", async () => {
    const { store } = make();
    const principal = somebody();
    const names = [principal, `${principal}/a`, `${principal}:a`, principal.toUpperCase()];

    for (const name of names) await store.lease(name, asking(100));

    for (const name of names) expect(await store.lease(name, asking(1))).toMatchObject({ ok: false });
  });

  it("grants many who ask at once no more than the limit (attack 49)", async () => {
    const { store } = make();
    const principal = somebody();

    const outcomes = await Promise.all(Array.from({ length: 60 }, () => store.lease(principal, asking(1, 7))));

    const granted = outcomes.map((outcome) => (outcome.ok ? outcome.value.units : 0));
    expect(granted.reduce((sum, units) => sum + units, 0)).toBe(LIMITS.minute);
  });

  it("refuses with the window that is used up, and admits when it has ended", async () => {
    const { store, pass, now } = make();
    const principal = somebody();
    await store.lease(principal, asking(100));

    const refused = await store.lease(principal, asking(1));
    expect(refused).toMatchObject({ error: { kind: "quota_exhausted", window: "minute", limit: 100 } });
    const waitMs = refused.ok || refused.error.kind !== "quota_exhausted" ? 0 : refused.error.retryAfterMs;
    expect(waitMs).toBe(60_000 - (now() % 60_000));

    pass(waitMs);
    expect(await store.lease(principal, asking(100))).toMatchObject({ ok: true });
    expect(await store.lease(principal, asking(1))).toMatchObject({ error: { window: "hour" } });
  });

  it("takes back what was not used, with the next request or without one", async () => {
    const { store, now } = make();
    const principal = somebody();
    await store.lease(principal, asking(100));

    const unused = { units: 10, atMs: now() };
    expect(await store.lease(principal, { ...asking(1, 5), unused })).toMatchObject({ value: { units: 5 } });
    expect(await store.giveBack(principal, { units: 3, atMs: now() })).toEqual(ok(undefined));

    expect(await store.spent(principal)).toMatchObject({ value: { spent: { minute: 92, hour: 92, day: 92 } } });
  });

  it("takes back what was not used even when it grants nothing", async () => {
    const { store, now } = make();
    const principal = somebody();
    await store.lease(principal, asking(100));

    const request = { ...asking(20), unused: { units: 10, atMs: now() } };
    expect(await store.lease(principal, request)).toMatchObject({ ok: false });

    expect(await store.spent(principal)).toMatchObject({ value: { spent: { minute: 90 } } });
  });
}
