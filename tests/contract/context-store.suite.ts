// What every ContextStore must do, whatever it is made of.

import { describe, expect, it } from "vitest";
import type { ContextStore } from "../../src/ports/context-store.ts";
import { ok } from "../../src/result.ts";

export interface ContextStoreUnderTest {
  readonly store: ContextStore;
  /** A store with room for only so many keys. */
  readonly withMaxKeys: (maxKeys: number) => ContextStore;
  /** Lets time pass for the store. */
  readonly pass: (milliseconds: number) => Promise<void>;
}

const VALUES = [
  '"plain"',
  '"OK"',
  '"dGVzdA=="',
  '"1234"',
  "1234",
  "null",
  "true",
  "12345678901234567890.10",
  '{"b":1,"a":[1,2,{"c":null}],"b":2}',
  '"\\u0000 \\ud800 \\n"',
  '"Grüße, 你好, 🛰️, \u2028, \ufeff"',
  '""',
  "[]",
  // Not JSON, and nothing the tools would store: the store is not the one to judge.
  "OK",
  "dGVzdA==",
  "",
  " two\r\nlines ",
  "\ufeffmarked",
];

const KEYS = [
  "plain",
  "OK",
  "dGVzdA==",
  "17",
  "a:b/c",
  "with space",
  "a\nb",
  "}:x",
  "%0041",
  "é",
  "🛰️",
  "\ufeffx",
  "\0",
];

export function contextStoreContract(make: () => ContextStoreUnderTest): void {
  const { signal } = new AbortController();
  const someone = () => `agent-${crypto.randomUUID()}`;

  it("answers a key that was never set with undefined", async () => {
    const { store } = make();

    expect(await store.get({ principalId: someone(), key: "never" }, signal)).toEqual(ok(undefined));
  });

  it.each(VALUES)("gives back exactly what was stored: %j", async (json) => {
    const { store } = make();
    const address = { principalId: someone(), key: "value" };

    expect(await store.set(address, { json, ttlS: 3600 }, signal)).toEqual(ok(undefined));

    expect(await store.get(address, signal)).toEqual(ok({ json, ttlS: 3600 }));
  });

  it.each(KEYS)("takes any key as it is: %j", async (key) => {
    const { store } = make();
    const address = { principalId: someone(), key };

    await store.set(address, { json: "1", ttlS: 60 }, signal);

    expect(await store.get(address, signal)).toEqual(ok({ json: "1", ttlS: 60 }));
    expect(await store.list({ ...address, key: "" }, signal)).toEqual(ok([{ key, ttlS: 60 }]));
    expect(await store.delete(address, signal)).toEqual(ok(true));
  });

  it("replaces a value and its time to live", async () => {
    const { store } = make();
    const address = { principalId: someone(), key: "twice" };

    await store.set(address, { json: "1", ttlS: 60 }, signal);
    await store.set(address, { json: "2", ttlS: 600 }, signal);

    expect(await store.get(address, signal)).toEqual(ok({ json: "2", ttlS: 600 }));
    expect(await store.list({ ...address, key: "" }, signal)).toEqual(ok([{ key: "twice", ttlS: 600 }]));
  });

  it("says whether there was anything to delete", async () => {
    const { store } = make();
    const address = { principalId: someone(), key: "gone" };
    await store.set(address, { json: "1", ttlS: 60 }, signal);

    expect(await store.delete(address, signal)).toEqual(ok(true));
    expect(await store.delete(address, signal)).toEqual(ok(false));
    expect(await store.get(address, signal)).toEqual(ok(undefined));
    expect(await store.list({ ...address, key: "" }, signal)).toEqual(ok([]));
  });

  it("keeps two principals apart, even when one's name continues as the other's key", async () => {
    const { store } = make();
    const name = someone();
    const pairs = [
      { principalId: name, key: "b}:c" },
      { principalId: `${name}}:b`, key: "c" },
      { principalId: `${name}\ud800`, key: "c" },
      { principalId: `${name}\ud801`, key: "c" },
    ];

    for (const [index, address] of pairs.entries()) await store.set(address, { json: `${index}`, ttlS: 60 }, signal);

    for (const [index, address] of pairs.entries()) {
      expect(await store.get(address, signal)).toEqual(ok({ json: `${index}`, ttlS: 60 }));
      expect(await store.list({ ...address, key: "" }, signal)).toEqual(ok([{ key: address.key, ttlS: 60 }]));
    }
  });

  it("lists the keys with a prefix in code-unit order", async () => {
    const { store } = make();
    const principalId = someone();
    const keys = ["b", "a*", "a", "ab", "a\uffff", "a🛰️", "A", "aé"];
    for (const key of keys) await store.set({ principalId, key }, { json: "1", ttlS: 60 }, signal);

    const found = await store.list({ principalId, key: "a" }, signal);

    expect(found).toEqual(ok(["a", "a*", "ab", "aé", "a🛰️", "a\uffff"].map((key) => ({ key, ttlS: 60 }))));
  });

  it("refuses a key too many, but not a new value for an old one", async () => {
    const { withMaxKeys } = make();
    const store = withMaxKeys(2);
    const principalId = someone();
    const set = (key: string) => store.set({ principalId, key }, { json: "1", ttlS: 60 }, signal);
    await set("a");
    await set("b");

    expect(await set("c")).toEqual({ ok: false, error: { kind: "context_full", maxKeys: 2 } });
    expect(await set("a")).toEqual(ok(undefined));
    expect(await store.get({ principalId, key: "c" }, signal)).toEqual(ok(undefined));

    await store.delete({ principalId, key: "b" }, signal);
    expect(await set("c")).toEqual(ok(undefined));
  });

  describe("when a key expires", () => {
    it("is gone from get and list, and its place is free", async () => {
      const { withMaxKeys, pass } = make();
      const store = withMaxKeys(2);
      const principalId = someone();
      await store.set({ principalId, key: "long" }, { json: "1", ttlS: 60 }, signal);
      await store.set({ principalId, key: "short" }, { json: "1", ttlS: 1 }, signal);

      await pass(1_050);

      expect(await store.get({ principalId, key: "short" }, signal)).toEqual(ok(undefined));
      expect(await store.list({ principalId, key: "" }, signal)).toMatchObject({
        value: [{ key: "long" }],
      });
      expect(await store.set({ principalId, key: "next" }, { json: "1", ttlS: 60 }, signal)).toEqual(ok(undefined));
    });
  });

  it("lets two that set at once both count", async () => {
    const { withMaxKeys } = make();
    const store = withMaxKeys(5);
    const principalId = someone();
    const keys = Array.from({ length: 20 }, (_, index) => `key-${index}`);

    const outcomes = await Promise.all(
      keys.map((key) => store.set({ principalId, key }, { json: "1", ttlS: 60 }, signal)),
    );

    expect(outcomes.filter((outcome) => outcome.ok)).toHaveLength(5);
    expect(await store.list({ principalId, key: "" }, signal)).toMatchObject({ ok: true, value: { length: 5 } });
  });
}
