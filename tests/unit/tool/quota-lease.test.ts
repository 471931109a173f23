// The session's side of a quota: how often it asks, for how much, and what becomes of what it did not use.

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { memoryQuotaStore } from "../../../src/adapters/memory/quota-store.ts";
import { err, ok } from "../../../src/result.ts";
import { QuotaLease } from "../../../src/tool/quota-lease.ts";
import { fixedClock } from "../../support/clock.ts";
import { gate, settled } from "../../support/gate.ts";
import type { HeldLease, LeaseRequest, QuotaStore } from "../../../src/ports/quota-store.ts";

const LIMITS = { minute: 100, hour: 10_000, day: 100_000 };
const DOWN = { kind: "upstream_unavailable", upstream: "quota", message: "down" } as const;
const UNREACHABLE = { error: { kind: "upstream_unavailable", upstream: "quota" } };

function counted(limits = LIMITS) {
  const clock = fixedClock();
  const inner = memoryQuotaStore(clock.now);
  const asked: LeaseRequest[] = [];
  const store: QuotaStore = {
    ...inner,
    lease: (principalId, request) => {
      asked.push(request);
      return inner.lease(principalId, request);
    },
  };
  const session = (held?: HeldLease) => {
    const quota = new QuotaLease({ store, principalId: "agent:atlas", held });
    return { quota, spend: (cost = 1) => quota.spend({ cost, limits }, clock.now()) };
  };
  const spent = async () => {
    const answered = await store.spent("agent:atlas");
    return answered.ok ? answered.value.spent.minute : -1;
  };
  return { clock, store, asked, session, spent };
}

async function times(count: number, call: () => Promise<{ ok: boolean }>): Promise<number> {
  let admitted = 0;
  for (let made = 0; made < count; made++) if ((await call()).ok) admitted += 1;
  return admitted;
}

describe("a session", () => {
  it("with one call spends what that call costs, so that a hundred of them spend a hundred", async () => {
    const { session, spent } = counted();

    for (let count = 0; count < 100; count++) expect(await session().spend()).toEqual(ok(undefined));

    expect(await spent()).toBe(100);
    expect(await session().spend()).toMatchObject({ error: { kind: "quota_exhausted", window: "minute", limit: 100 } });
  });

  it("that stays busy asks for twice as much each time, and then once for twenty calls", async () => {
    const { session, asked } = counted();
    const { spend } = session();

    expect(await times(91, spend)).toBe(91);

    expect(asked.map(({ most }) => most)).toEqual([1, 2, 4, 8, 16, 20, 20, 20]);
  });

  it("that was not busy for ten seconds begins small again, and gives back what it had", async () => {
    const { session, asked, clock, spent } = counted();
    const { spend } = session();
    await times(4, spend);
    expect(await spent()).toBe(7);

    clock.advance(10_000);
    await spend();

    expect(asked.at(-1)).toMatchObject({ least: 1, most: 1, unused: { units: 3 } });
    expect(await spent()).toBe(5);
  });

  it("does not carry a lease into the next minute, which counts for itself, but stays as busy as it was", async () => {
    const { session, asked, clock, spent } = counted();
    const { spend } = session();
    clock.advance(55_000);
    await times(4, spend);

    clock.advance(5_000);
    await spend();

    expect(asked.at(-1)).toMatchObject({ most: 8, unused: { units: 3 } });
    expect(await spent()).toBe(8);
  });

  it("reaches the limit exactly, and no more, when it is the only one (attack 49)", async () => {
    const { session, spent } = counted();

    expect(await times(150, session().spend)).toBe(100);

    expect(await spent()).toBe(100);
  });

  it("begins with what a dear call costs, and never asks for less", async () => {
    const { session, asked } = counted();
    const { spend } = session();

    await times(4, () => spend(5));

    expect(asked.map(({ least, most }) => [least, most])).toEqual([
      [5, 5],
      [5, 10],
      [5, 20],
    ]);
  });

  it("asks nothing for a call that costs nothing, not even when all is used up", async () => {
    const { session, asked } = counted({ ...LIMITS, minute: 0 });

    expect(await session().spend(0)).toEqual(ok(undefined));
    expect(asked).toEqual([]);
  });
});

describe("several sessions", () => {
  it("never spend more than the limit together, and are refused early by what the others hold at most", async () => {
    const { session } = counted();
    const sessions = Array.from({ length: 10 }, () => session());
    let admitted = 0;

    for (let round = 0; round < 30; round++) {
      for (const { spend } of sessions) if ((await spend()).ok) admitted += 1;
    }

    // All of them are busy to the end here, so nothing that was leased stays unused.
    expect(admitted).toBe(100);
  });

  it("may use what another one gave back at its end", async () => {
    const { session, spent } = counted();
    const ended = session();
    await times(4, ended.spend);

    await ended.quota.release();
    await ended.quota.release();

    expect(await spent()).toBe(4);
    expect(await times(150, session().spend)).toBe(96);
  });
});

describe("calls that arrive together", () => {
  it("share one question, and the next one is for all who still wait", async () => {
    const { session, asked } = counted();
    const { spend } = session();

    const outcomes = await Promise.all(Array.from({ length: 8 }, () => spend()));

    expect(outcomes.every(({ ok: isOk }) => isOk)).toBe(true);
    expect(asked.map(({ most }) => most)).toEqual([1, 7]);
  });

  it("are refused together, but for those that cost no more than is left", async () => {
    const { session, asked } = counted({ ...LIMITS, minute: 23 });
    const { spend } = session();
    await spend(20);

    const outcomes = await Promise.all([spend(5), spend(5), spend(1), spend(1)]);

    expect(outcomes.map(({ ok: isOk }) => isOk)).toEqual([false, false, true, true]);
    expect(asked).toHaveLength(3);
  });
});

describe("through a sleep", () => {
  it("goes what is left of a lease, and how busy the session was", async () => {
    const { session, asked, clock } = counted();
    const before = session();
    await times(4, before.spend);

    const held = before.quota.snapshot(clock.now());
    const after = session(held);
    await times(4, after.spend);

    expect(held).toEqual({ atMs: clock.now(), units: 4, left: 3 });
    expect(asked.map(({ most }) => most)).toEqual([1, 2, 4, 8]);
  });

  it("goes nothing when nothing is left and the session was not busy", async () => {
    const { session, clock } = counted();
    const { quota, spend } = session();
    expect(quota.snapshot(clock.now())).toBeUndefined();

    await spend();
    expect(quota.snapshot(clock.now())).toMatchObject({ left: 0 });
    clock.advance(10_000);

    expect(quota.snapshot(clock.now())).toBeUndefined();
  });
});

describe("a count that cannot be reached", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
  afterEach(() => void vi.useRealTimers());

  it("is asked again after five seconds only, and what it did not confirm stays spent", async () => {
    const { store, clock } = counted();
    let [asked, isDown] = [0, true];
    const failing: QuotaStore = {
      ...store,
      lease: (...args) => {
        asked += 1;
        return isDown ? Promise.resolve(err(DOWN)) : store.lease(...args);
      },
    };
    const held = { atMs: clock.now() - 10_000, units: 4, left: 3 };
    const quota = new QuotaLease({ store: failing, principalId: "agent:atlas", held });
    const spend = () => quota.spend({ cost: 1, limits: LIMITS }, clock.now());

    expect([await spend(), await spend()]).toMatchObject([UNREACHABLE, UNREACHABLE]);
    expect(asked).toBe(1);
    expect(quota.snapshot(clock.now())).toBeUndefined();

    clock.advance(5_000);
    isDown = false;
    expect(await spend()).toEqual(ok(undefined));
  });

  it("is given a second, and an answer that comes later is left spent", async () => {
    const { store, clock, spent } = counted();
    const held = gate();
    const slow: QuotaStore = {
      ...store,
      lease: async (...args) => {
        await held.opened;
        return store.lease(...args);
      },
    };
    const quota = new QuotaLease({ store: slow, principalId: "agent:atlas" });

    const outcomes = Promise.all([1, 1].map((cost) => quota.spend({ cost, limits: LIMITS }, clock.now())));
    await settled();
    vi.advanceTimersByTime(1_000);

    expect(await outcomes).toMatchObject([UNREACHABLE, UNREACHABLE]);
    held.open();
    await settled();
    expect([await spent(), quota.snapshot(clock.now())]).toEqual([1, undefined]);
  });

  it("does not stop what is leased already", async () => {
    const { store, clock } = counted();
    const down: QuotaStore = { ...store, lease: () => Promise.resolve(err(DOWN)) };
    const quota = new QuotaLease({
      store: down,
      principalId: "agent:atlas",
      held: { atMs: clock.now(), units: 4, left: 3 },
    });

    expect(await times(5, () => quota.spend({ cost: 1, limits: LIMITS }, clock.now()))).toBe(3);
  });
});
