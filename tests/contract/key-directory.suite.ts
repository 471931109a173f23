// What every KeyDirectory must do, whatever it is made of.

import { expect, it } from "vitest";
import type { KeyDirectory, KeyRecord } from "../../src/ports/key-directory.ts";
import { ok } from "../../src/result.ts";

export interface KeyDirectoryUnderTest {
  readonly directory: KeyDirectory;
  readonly put: (record: KeyRecord) => Promise<void>;
  readonly lastUsedAtMs: (keyId: string) => Promise<number | undefined>;
  /** Makes everything noted so far `milliseconds` older. */
  readonly age: (milliseconds: number) => Promise<void>;
}

export function keyRecord(fields: Partial<KeyRecord> = {}): KeyRecord {
  return {
    keyId: `key-${crypto.randomUUID()}`,
    secretHmac: "ab".repeat(32),
    principalId: "deploy-bot",
    kind: "agent",
    roles: ["viewer", "on call", 'with "quotes"'],
    onBehalfOf: undefined,
    owner: undefined,
    expiresAtMs: Date.UTC(2030, 0, 1, 12, 30, 15, 123),
    revokedAtMs: undefined,
    ...fields,
  };
}

export function keyDirectoryContract(make: () => KeyDirectoryUnderTest): void {
  const { signal } = new AbortController();

  it.each([
    keyRecord(),
    keyRecord({ kind: "human", onBehalfOf: "mia@example.org", owner: "mia@example.org", roles: [] }),
    // Expired or revoked is for the caller to judge: it has the reason to give.
    keyRecord({ expiresAtMs: Date.UTC(2020, 0, 1), revokedAtMs: Date.UTC(2019, 5, 1, 0, 0, 0, 7) }),
  ])("finds the record of a key: %#", async (record) => {
    const { directory, put } = make();
    await put(record);

    expect(await directory.find(record.keyId, signal)).toEqual(ok(record));
  });

  it.each(["unknown", "", "a\0b", "\ud800", "' or 1=1 --"])("does not know %j", async (keyId) => {
    const { directory } = make();

    expect(await directory.find(keyId, signal)).toEqual(ok(undefined));
  });

  it("notes the use of a key, at most once a minute", async () => {
    const { directory, put, lastUsedAtMs, age } = make();
    const { keyId } = keyRecord();
    await put(keyRecord({ keyId }));
    expect(await lastUsedAtMs(keyId)).toBeUndefined();

    await directory.find(keyId, signal);
    await age(30_000);
    const first = await lastUsedAtMs(keyId);
    await directory.find(keyId, signal);
    const second = await lastUsedAtMs(keyId);
    await age(31_000);
    const aged = await lastUsedAtMs(keyId);
    await directory.find(keyId, signal);
    const third = await lastUsedAtMs(keyId);

    expect(first).toBeTypeOf("number");
    expect(second).toBe(first);
    expect(third).toBeGreaterThan(aged ?? Infinity);
  });
}
