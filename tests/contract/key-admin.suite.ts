// What every KeyAdmin must do, whatever it is made of.

import { expect, it } from "vitest";
import { MOST_KEYS_AN_HOUR } from "../../src/ports/key-admin.ts";
import { err, ok } from "../../src/result.ts";
import type { KeyAdmin, ListedKey, NewKey } from "../../src/ports/key-admin.ts";
import type { Result } from "../../src/result.ts";

export interface KeyAdminUnderTest {
  readonly admin: KeyAdmin;
  /** Everything that happened so far is `milliseconds` longer ago. */
  readonly age: (milliseconds: number) => Promise<void>;
}

const DAY_MS = 86_400_000;
const HMAC = "ab".repeat(32);
const { signal } = new AbortController();

const someone = () => `human:${crypto.randomUUID()}`;
const name = () => crypto.randomUUID().replaceAll("-", "").slice(0, 16);

export function newKey(changes: Partial<NewKey> = {}, holder: Partial<NewKey["holder"]> = {}): NewKey {
  return {
    keyId: name(),
    secretHmac: HMAC,
    days: 30,
    madeBy: [someone()],
    holder: {
      principalId: `agent:${crypto.randomUUID()}`,
      kind: "agent",
      roles: ["observer", 'with "quotes"'],
      onBehalfOf: "mia@example.org",
      owner: "kim's own",
      note: "for {curly}, \\ and ü",
      ...holder,
    },
    ...changes,
  };
}

function found(looked: Result<ListedKey | undefined, unknown>): ListedKey {
  if (!looked.ok || !looked.value) throw new Error("there is no such key");
  return looked.value;
}

export function keyAdminContract(make: () => KeyAdminUnderTest): void {
  const rotation = (replaces: string, overlapMinutes = 60) => {
    const { keyId, secretHmac, days, madeBy } = newKey();
    return { keyId, secretHmac, days, madeBy, replaces, overlapMinutes };
  };

  it("makes a key, which is then found and listed with everything but its secret", async () => {
    const { admin } = make();
    const key = newKey();

    expect(await admin.create(key, signal)).toEqual(ok(undefined));

    const listed = found(await admin.find(key.keyId, signal));
    const { keyId, madeBy, holder } = key;
    expect(listed).toMatchObject({ ...holder, keyId, madeBy });
    expect(listed.expiresAtMs - listed.createdAtMs).toBe(30 * DAY_MS);
    expect([listed.revokedAtMs, listed.lastUsedAtMs]).toEqual([undefined, undefined]);
    expect(JSON.stringify(listed)).not.toContain(HMAC);
    const all = await admin.list(signal);
    expect(all.ok && all.value).toContainEqual(listed);
  });

  it("makes one of which hardly anything is said", async () => {
    const { admin } = make();
    const key = newKey({}, { onBehalfOf: undefined, owner: undefined, note: undefined, roles: [] });

    await admin.create(key, signal);

    const listed = found(await admin.find(key.keyId, signal));
    expect([listed.onBehalfOf, listed.owner, listed.note, listed.roles]).toEqual([undefined, undefined, undefined, []]);
  });

  it("makes no second one of a principal, not even after the first has ended", async () => {
    const { admin } = make();
    const first = newKey();
    await admin.create(first, signal);
    await admin.revoke(first.keyId, signal);

    const second = newKey({}, { principalId: first.holder.principalId });

    expect(await admin.create(second, signal)).toEqual(err({ kind: "name_taken" }));
    expect(await admin.find(second.keyId, signal)).toEqual(ok(undefined));
  });

  it("makes so many an hour for one person, by whichever of their names", async () => {
    const { admin, age } = make();
    const [kim, mail] = [someone(), `${name()}@example.org`];
    for (let index = 0; index < MOST_KEYS_AN_HOUR; index++)
      expect(await admin.create(newKey({ madeBy: index % 2 === 0 ? [kim, mail] : [mail] }), signal)).toEqual(
        ok(undefined),
      );
    const any = newKey();
    await admin.create(any, signal);

    expect(await admin.create(newKey({ madeBy: [mail] }), signal)).toEqual(err({ kind: "too_many" }));
    expect(await admin.rotate({ ...rotation(any.keyId), madeBy: [mail] }, signal)).toEqual(err({ kind: "too_many" }));
    expect(await admin.create(newKey({ madeBy: [someone()] }), signal)).toEqual(ok(undefined));
    await age(3_601_000);
    expect(await admin.create(newKey({ madeBy: [mail] }), signal)).toEqual(ok(undefined));
  });

  it("replaces a key: the same holder, another maker, and the old one ends after the overlap", async () => {
    const { admin } = make();
    const old = newKey();
    await admin.create(old, signal);
    const next = rotation(old.keyId, 60);

    expect(await admin.rotate(next, signal)).toEqual(ok(undefined));

    const [before, after] = [found(await admin.find(old.keyId, signal)), found(await admin.find(next.keyId, signal))];
    expect(after).toMatchObject({ ...old.holder, madeBy: next.madeBy });
    expect(before.expiresAtMs - after.createdAtMs).toBe(3_600_000);
    expect(before.revokedAtMs).toBeUndefined();
  });

  it("never makes a key last longer by replacing it", async () => {
    const { admin, age } = make();
    const old = newKey({ days: 1 });
    await admin.create(old, signal);
    await age(DAY_MS - 60_000);
    const { expiresAtMs } = found(await admin.find(old.keyId, signal));

    await admin.rotate(rotation(old.keyId, 7 * 24 * 60), signal);

    expect(found(await admin.find(old.keyId, signal)).expiresAtMs).toBe(expiresAtMs);
  });

  it("replaces none that has ended, and none that never was", async () => {
    const { admin, age } = make();
    const [revoked, expired] = [newKey(), newKey({ days: 1 })];
    for (const key of [revoked, expired]) await admin.create(key, signal);
    await admin.revoke(revoked.keyId, signal);
    await age(DAY_MS + 1_000);

    for (const keyId of [revoked.keyId, expired.keyId, name()]) {
      const next = rotation(keyId);
      expect(await admin.rotate(next, signal)).toEqual(err({ kind: "not_found" }));
      expect(await admin.find(next.keyId, signal)).toEqual(ok(undefined));
    }
  });

  it("revokes a key once, and keeps when it did", async () => {
    const { admin } = make();
    const key = newKey();
    await admin.create(key, signal);

    expect(await admin.revoke(key.keyId, signal)).toEqual(ok(undefined));
    const { revokedAtMs } = found(await admin.find(key.keyId, signal));
    expect(revokedAtMs).toBeTypeOf("number");
    expect(await admin.revoke(key.keyId, signal)).toEqual(err({ kind: "not_found" }));
    expect(found(await admin.find(key.keyId, signal)).revokedAtMs).toBe(revokedAtMs);
  });

  it("lists those that hold before those that have ended", async () => {
    const { admin } = make();
    const [first, second] = [newKey(), newKey()];
    for (const key of [first, second]) await admin.create(key, signal);
    await admin.revoke(second.keyId, signal);

    const all = await admin.list(signal);
    const ids = all.ok ? all.value.map(({ keyId }) => keyId) : [];

    expect(ids.indexOf(first.keyId)).toBeLessThan(ids.indexOf(second.keyId));
  });

  it("tells the roles of those who hold a key that works, of all of their keys together", async () => {
    const { admin, age } = make();
    const [held, none, revoked, expired] = [newKey(), newKey({}, { roles: [] }), newKey(), newKey({ days: 1 })];
    for (const key of [held, none, revoked, expired]) await admin.create(key, signal);
    await admin.rotate(rotation(held.keyId), signal);
    await admin.revoke(revoked.keyId, signal);
    await age(DAY_MS - 60_000);
    await admin.rotate(rotation(none.keyId), signal);
    await age(120_000);
    const names = [held, none, revoked, expired].map(({ holder }) => holder.principalId);

    const told = await admin.rolesOf([...names, someone()], signal);

    const expected = [held, none].map(({ holder }) => [holder.principalId, holder.roles] as const);
    expect(told).toEqual(ok(new Map(expected)));
    expect(await admin.rolesOf([], signal)).toEqual(ok(new Map()));
  });

  it.each(["unknown", "", "a\0b", "\ud800", "' or 1=1 --"])("does not know %j", async (keyId) => {
    const { admin } = make();

    expect(await admin.find(keyId, signal)).toEqual(ok(undefined));
    expect(await admin.revoke(keyId, signal)).toEqual(err({ kind: "not_found" }));
  });
}
