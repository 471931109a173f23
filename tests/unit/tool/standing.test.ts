import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { memoryKeyDirectory } from "../../../src/adapters/memory/key-directory.ts";
import { err, ok } from "../../../src/result.ts";
import { GRACE_MS, RECHECK_AFTER_MS, Standing } from "../../../src/tool/standing.ts";
import { START_MS } from "../../support/clock.ts";
import { gate } from "../../support/gate.ts";
import { EXPIRES_AT_MS, keyRecord, principal } from "../../support/people.ts";
import type { Verified } from "../../../src/access/principal.ts";
import type { KeyDirectory } from "../../../src/ports/key-directory.ts";

const DOWN = { kind: "upstream_unavailable", upstream: "postgres", message: "down" } as const;
const LATER_MS = START_MS + RECHECK_AFTER_MS;

function standingWith(find: KeyDirectory["find"]) {
  const changes: Verified[] = [];
  const asked: string[] = [];
  const directory: KeyDirectory = { find: (keyId, signal) => (asked.push(keyId), find(keyId, signal)) };
  const verified = { principal: principal(), verifiedAtMs: START_MS };
  return { standing: new Standing(directory, verified, (change) => changes.push(change)), changes, asked };
}

const known = (record = keyRecord()) => {
  const keys = memoryKeyDirectory(() => START_MS);
  keys.put(record);
  return keys.find.bind(keys);
};

describe("a credential", () => {
  it("is believed for half a minute, and then looked up", async () => {
    const { standing, asked } = standingWith(known());

    expect(await standing.current(LATER_MS - 1)).toEqual(ok({ caller: principal(), isFresh: true }));
    expect(asked).toEqual([]);

    await standing.current(LATER_MS);
    expect(asked).toEqual(["abcdefghijklmnop"]);
    await standing.current(LATER_MS + RECHECK_AFTER_MS - 1);
    expect(asked).toHaveLength(1);
  });

  it("is looked up once for calls that come together", async () => {
    const { standing, asked } = standingWith(known());

    await Promise.all([standing.current(LATER_MS), standing.current(LATER_MS), standing.current(LATER_MS)]);

    expect(asked).toHaveLength(1);
  });

  it("brings the roles it has now, and the session keeps them", async () => {
    const { standing, changes } = standingWith(known(keyRecord({ roles: ["administrator"] })));

    const now = await standing.current(LATER_MS);

    expect(now).toMatchObject({ value: { caller: { roles: ["administrator"] }, isFresh: true } });
    expect(changes).toMatchObject([{ principal: { roles: ["administrator"] }, verifiedAtMs: LATER_MS }]);
  });

  it.each([
    ["revoked", known(keyRecord({ revokedAtMs: START_MS }))],
    ["deleted", () => Promise.resolve(ok(undefined))],
  ])("that was %s proves nothing any more", async (_how, find) => {
    expect(await standingWith(find).standing.current(LATER_MS)).toEqual(err({ kind: "unauthenticated" }));
  });

  it("expires to the millisecond, without asking anybody", async () => {
    const { standing, asked } = standingWith(() => Promise.resolve(err(DOWN)));

    expect(await standing.current(EXPIRES_AT_MS)).toEqual(err({ kind: "token_expired" }));
    expect(asked).toEqual([]);
  });
});

describe("a token", () => {
  it.each([{ kind: "token", provider: "okta" } as const, { kind: "access" } as const])(
    "of %j stands until it expires, and is looked up nowhere (attack 17)",
    async (credential) => {
      const asked: string[] = [];
      const keys: KeyDirectory = { find: (keyId) => (asked.push(keyId), Promise.resolve(err(DOWN))) };
      const who = { ...principal(), credential, expiresAtMs: START_MS + 600_000 };
      const standing = new Standing(keys, { principal: who, verifiedAtMs: START_MS }, () => undefined);

      expect(await standing.current(START_MS + 599_999)).toEqual(ok({ caller: who, isFresh: true }));
      expect(await standing.current(START_MS + 600_000)).toEqual(err({ kind: "token_expired" }));
      expect(asked).toEqual([]);
    },
  );
});

describe("a refresh", () => {
  const fresh = (changes: Partial<Verified["principal"]> = {}): Verified => ({
    principal: { ...principal(["platform"]), credential: { kind: "key", id: "another" }, ...changes },
    verifiedAtMs: LATER_MS,
  });

  it("puts the session on another credential of the same principal", async () => {
    const { standing, changes, asked } = standingWith(known());

    expect(standing.refresh(fresh())).toEqual(ok(undefined));

    expect(await standing.current(LATER_MS + 1)).toMatchObject({ value: { caller: { roles: ["platform"] } } });
    expect(changes).toEqual([fresh()]);
    expect(asked).toEqual([]);
    await standing.current(LATER_MS + RECHECK_AFTER_MS);
    expect(asked).toEqual(["another"]);
  });

  it.each([{ id: "agent:other" }, { kind: "human" } as const])("to somebody else is refused: %j", async (changes) => {
    const { standing } = standingWith(known());

    expect(standing.refresh(fresh(changes))).toEqual(err({ kind: "other_principal" }));
    expect(await standing.current(START_MS)).toEqual(ok({ caller: principal(), isFresh: true }));
  });

  it("is not undone by a look-up of the old key that ends after it", async () => {
    const answered = gate<Awaited<ReturnType<KeyDirectory["find"]>>>();
    const { standing, changes } = standingWith(() => answered.opened);
    const running = standing.current(LATER_MS);

    standing.refresh(fresh());
    answered.open(ok(undefined));

    expect(await running).toMatchObject({ value: { caller: { roles: ["platform"] } } });
    expect(changes).toEqual([fresh()]);
  });
});

describe("while the directory is away", () => {
  it("what was last known holds for a quarter of an hour, and is not called fresh", async () => {
    const { standing } = standingWith(() => Promise.resolve(err(DOWN)));

    expect(await standing.current(START_MS + GRACE_MS - 1)).toEqual(ok({ caller: principal(), isFresh: false }));
    expect(await standing.current(START_MS + GRACE_MS)).toEqual(err(DOWN));
  });

  it("calls ask again after five seconds, and until then do not wait for another failure", async () => {
    let isAway = true;
    const find = known();
    const { standing } = standingWith((keyId, signal) => (isAway ? Promise.resolve(err(DOWN)) : find(keyId, signal)));
    await standing.current(LATER_MS);

    isAway = false;

    expect(await standing.current(LATER_MS + 4_999)).toMatchObject({ value: { isFresh: false } });
    expect(await standing.current(LATER_MS + 5_000)).toMatchObject({ value: { isFresh: true } });
  });

  it("an error that was thrown is not remembered either", async () => {
    let isBroken = true;
    const find = known();
    const { standing } = standingWith((keyId, signal) =>
      isBroken ? Promise.reject(new Error("bug")) : find(keyId, signal),
    );
    await expect(standing.current(LATER_MS)).rejects.toThrow("bug");

    isBroken = false;

    expect(await standing.current(LATER_MS)).toMatchObject({ value: { isFresh: true } });
  });
});

describe("a directory that hangs", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("is waited for three seconds", async () => {
    const signals: AbortSignal[] = [];
    const { standing } = standingWith((_keyId, signal) => (signals.push(signal), gate<never>().opened));
    const current = standing.current(LATER_MS);

    await vi.advanceTimersByTimeAsync(3_000);

    expect(await current).toMatchObject({ value: { isFresh: false } });
    expect(signals[0]?.aborted).toBe(true);
  });
});
