import { describe, expect, it } from "vitest";
import { Quotas } from "../../../src/access/quotas.ts";
import { MAX_VALUE_BYTES } from "../../../src/tools/context-parameters.ts";
import { MAX_CONTEXT_KEYS } from "../../../src/ports/context-store.ts";
import { world } from "../../support/world.ts";
import type { World } from "../../support/world.ts";

const FAST = {
  settings: { "ctx.set": { rate_limit: "9999999/second" }, "ctx.get": { rate_limit: "9999999/second" } },
  quotas: Quotas.parse({ default: { minute: 9_999 } }),
};
const set = ({ call }: World, key: unknown, value: unknown, more: object = {}) =>
  call("ctx.set", { key, value, ...more });
const get = ({ call }: World, key: unknown) => call("ctx.get", { key });

const VALUES: readonly unknown[] = [
  null,
  false,
  0,
  -1.5,
  "",
  "text",
  "\u0000 \ud800",
  "🛰",
  [],
  {},
  { a: [1, { b: null }] },
  "constructor",
  { constructor: 1 },
];

describe("a value", () => {
  it.each(VALUES)("comes back as it was stored: %j", async (value) => {
    const session = world();

    const stored = await set(session, "k", value);

    const bytes = Buffer.byteLength(JSON.stringify(value));
    expect(stored).toMatchObject({ result: { key: "k", stored: true, ttl_s: 3_600, bytes } });
    expect(await get(session, "k")).toEqual({
      jsonrpc: "2.0",
      id: 1,
      result: { key: "k", found: true, value, ttl_s: 3_600 },
    });
  });

  it("is required", async () => {
    expect(await world().call("ctx.set", { key: "k" })).toMatchObject({
      error: { code: -32602, data: { issues: [{ path: "value", message: "is required" }] } },
    });
  });

  it.each(["1e400", '{"deep":[{"n":-1e400}]}'])("that would come back as null is refused: %s", async (value) => {
    const session = world();

    const reply = await session.sendText(
      `{"jsonrpc":"2.0","id":1,"method":"ctx.set","params":{"key":"k","value":${value}}}`,
    );

    expect(reply).toContain('"code":-32602');
    expect(reply).toContain("1.797e308");
    expect(await get(session, "k")).toMatchObject({ result: { found: false } });
  });

  it("of exactly 64 KiB of JSON can be stored and read; one byte more cannot be stored", async () => {
    const session = world();
    const value = "x".repeat(MAX_VALUE_BYTES - 2);

    expect(await set(session, "k", value)).toMatchObject({ result: { bytes: MAX_VALUE_BYTES } });
    expect(await get(session, "k")).toMatchObject({ result: { value } });
    expect(await set(session, "k", `${value}x`)).toMatchObject({ error: { code: 41300 } });
    expect(await get(session, "k")).toMatchObject({ result: { value } });
  });

  it("under a key of 256 characters of any script can be read, too", async () => {
    const session = world();
    const key = "你".repeat(256);
    await set(session, key, "x".repeat(MAX_VALUE_BYTES - 2));

    expect(await get(session, key)).toMatchObject({ result: { found: true } });
  });

  it("is forgotten after its time, which may be set up to a day", async () => {
    const session = world();
    await set(session, "short", 1, { ttl_s: 1 });
    await set(session, "long", 2, { ttl_s: 86_400 });

    session.clock.advance(1_000);

    expect(await get(session, "short")).toMatchObject({ result: { key: "short", found: false } });
    expect(await get(session, "long")).toMatchObject({ result: { value: 2, ttl_s: 86_399 } });
  });

  it.each([0, -1, 86_401, 1.5, "60", null])("cannot be kept for %j seconds", async (ttl_s) => {
    expect(await set(world(), "k", 1, { ttl_s })).toMatchObject({ error: { code: -32602 } });
  });

  it("can be deleted once", async () => {
    const session = world();
    await set(session, "k", 1);

    expect(await session.call("ctx.delete", { key: "k" })).toMatchObject({ result: { key: "k", deleted: true } });
    expect(await session.call("ctx.delete", { key: "k" })).toMatchObject({ result: { key: "k", deleted: false } });
    expect(await get(session, "k")).toMatchObject({ result: { found: false } });
  });

  it("beyond what a principal may hold is refused with what to do", async () => {
    const session = world(FAST);
    for (let index = 0; index < MAX_CONTEXT_KEYS; index++) await set(session, `k${index}`, 1);

    expect(await set(session, "one too many", 1)).toMatchObject({
      error: {
        code: 41301,
        message: expect.stringMatching(/1000 keys.*ctx\.delete/),
        data: { reason: "context_full" },
      },
    });
    expect(await set(session, "k7", 2)).toMatchObject({ result: { stored: true } });
  });
});

describe("a key", () => {
  it.each(["a", "a b", "日本", "🛰", "../x", "constructor", "__proto__", "a".repeat(256)])("may be %j", async (key) => {
    const session = world();
    await set(session, key, 1);

    expect(await get(session, key)).toMatchObject({ result: { key, found: true, value: 1 } });
  });

  it.each(["", "a\u0000b", "a\nb", "\u007f", "\ud800", "a".repeat(257), 7, null, undefined])(
    "may not be %j",
    async (key) => {
      expect(await set(world(), key, 1)).toMatchObject({
        error: { code: -32602, message: expect.stringContaining("key: ") },
      });
    },
  );
});

describe("the list of keys", () => {
  const keysOf = (reply: unknown) =>
    JSON.stringify(reply)
      .match(/"key":"[^"]+"/g)
      ?.map((text) => text.slice(7, -1)) ?? [];

  it("is in order, with the seconds they have left", async () => {
    const session = world();
    for (const key of ["b", "a", "ab"]) await set(session, key, 1, { ttl_s: 60 });

    expect(await session.call("ctx.list", { prefix: "a" })).toMatchObject({
      result: {
        keys: [
          { key: "a", ttl_s: 60 },
          { key: "ab", ttl_s: 60 },
        ],
        meta: { returned: 2, total: 2, truncated: false },
      },
    });
  });

  it("comes in pages that leave nothing out, and says how to go on", async () => {
    const session = world(FAST);
    const all = Array.from({ length: 250 }, (_, index) => `key-${String(index).padStart(3, "0")}`);
    for (const key of all) await set(session, key, 1);

    const first = await session.call("ctx.list", {});
    const second = await session.call("ctx.list", { after: "key-099" });
    const third = await session.call("ctx.list", { after: "key-199" });

    expect([first, second, third].flatMap(keysOf)).toEqual(all);
    expect(first).toMatchObject({
      result: {
        meta: { returned: 100, total: 250, truncated: true, hint: 'ctx.list with after: "key-099" continues' },
      },
    });
    expect(third).toMatchObject({ result: { meta: { returned: 50, truncated: false } } });
    expect(third).not.toHaveProperty("result.meta.hint");
  });

  it("fits its answer with keys at their longest", async () => {
    const session = world(FAST);
    for (let index = 0; index < 101; index++)
      await set(session, `${"你".repeat(253)}${String(index).padStart(3, "0")}`, 1);

    expect(await session.call("ctx.list", {})).toMatchObject({ result: { meta: { returned: 100, truncated: true } } });
  });
});
