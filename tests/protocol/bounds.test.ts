// Frames that are too large, too deep, too many or booby-trapped: gateways' fault list, rows 23 to 35.

import { describe, expect, it } from "vitest";
import { answer } from "../../src/jsonrpc/answer.ts";
import { CLOSE, closeCodeToEcho, MAX_FRAME_BYTES, readFrame } from "../../src/jsonrpc/frame.ts";
import { MAX_BATCH_LENGTH, MAX_DEPTH, MAX_NODES } from "../../src/jsonrpc/message.ts";
import { arithmeticPeer } from "../support/arithmetic-peer.ts";

const ask = async (frame: string, peer = arithmeticPeer()): Promise<unknown> =>
  JSON.parse((await answer(frame, peer))?.text ?? "null");
const request = (params: string) => `{"jsonrpc":"2.0","id":1,"method":"get_data","params":${params}}`;

describe("a frame", () => {
  it.each([
    ["of exactly 256 KiB of ASCII", "x".repeat(MAX_FRAME_BYTES), true],
    ["of one byte more", "x".repeat(MAX_FRAME_BYTES + 1), false],
    ["of 256 KiB in two-byte characters", "é".repeat(MAX_FRAME_BYTES / 2), true],
    ["of one two-byte character more", "é".repeat(MAX_FRAME_BYTES / 2 + 1), false],
    ["of four-byte characters, a byte too long", `x${"🛰".repeat(MAX_FRAME_BYTES / 4)}`, false],
    ["of 5 MB", "x".repeat(5_000_000), false],
    ["that is empty", "", true],
  ])("%s is judged by its bytes", (_what, frame, isAccepted) => {
    const read = readFrame(frame);

    expect(read).toEqual(
      isAccepted
        ? { ok: true, value: frame }
        : { ok: false, error: { code: 1009, reason: expect.stringContaining("262144") } },
    );
  });

  it("has the size that the contract names", () => {
    expect([MAX_FRAME_BYTES, MAX_DEPTH, MAX_BATCH_LENGTH]).toEqual([256 * 1024, 64, 50]);
  });

  it("of bytes is refused with 1003, which says that text is wanted", () => {
    expect(readFrame(new ArrayBuffer(8))).toMatchObject({ ok: false, error: { code: 1003 } });
  });

  it("gives reasons for closing that fit a close frame (RFC 6455 §5.5)", () => {
    for (const frame of [new ArrayBuffer(1), "x".repeat(MAX_FRAME_BYTES + 1)]) {
      const read = readFrame(frame);
      expect(read.ok ? "" : read.error.reason.length).toBeLessThanOrEqual(123);
    }
  });

  it("closes with codes that an endpoint may send (RFC 6455 §7.4)", () => {
    for (const code of Object.values(CLOSE)) {
      expect(
        (code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code)) || (code >= 4000 && code <= 4999),
      ).toBe(true);
    }
  });

  it.each([
    [1000, 1000],
    [1001, 1001],
    [1004, 1000],
    [1005, 1000],
    [1006, 1000],
    [1015, 1000],
    [1016, 1000],
    [2999, 1000],
    [3000, 3000],
    [4401, 4401],
  ])("closed with %i is closed back with %i", (received, sent) => {
    expect(closeCodeToEcho(received)).toBe(sent);
  });
});

describe("nesting", () => {
  // The message is the first level, its params the second.
  const nested = (levels: number) => request(`{"a":${"[".repeat(levels - 3)}7${"]".repeat(levels - 3)}}`);

  it("of 64 levels is accepted", async () => {
    expect(await ask(nested(MAX_DEPTH))).toMatchObject({ id: 1, result: ["hello", 5] });
  });

  it("of 65 levels is refused", async () => {
    expect(await ask(nested(MAX_DEPTH + 1))).toMatchObject({
      error: { code: -32600, message: expect.stringContaining("64") },
    });
  });

  it("of a hundred thousand levels is refused, not run into", async () => {
    const depth = 100_000;

    expect(await ask(request(`${"[".repeat(depth)}${"]".repeat(depth)}`))).toMatchObject({ error: { code: -32600 } });
  });

  it("counts a batch as a level of its own", async () => {
    expect(await ask(`[${nested(MAX_DEPTH)}]`)).toMatchObject({ error: { code: -32600 } });
  });
});

describe("the number of values in a frame", () => {
  // Around the list: the message, its four members, and the list itself within params.
  const listOf = (count: number) => request(`{"a":[${Array(count).fill("1").join()}]}`);

  it("may be as large as the bound", async () => {
    expect(await ask(listOf(MAX_NODES - 6))).toMatchObject({ result: ["hello", 5] });
  });

  it("may not be one more", async () => {
    expect(await ask(listOf(MAX_NODES - 5))).toMatchObject({
      error: { code: -32600, data: { reason: "invalid_request" } },
    });
  });

  it("counts the members of objects, too", async () => {
    const members = Array.from({ length: MAX_NODES }, (_, index) => `"${index}":1`);

    expect(await ask(request(`{${members.join()}}`))).toMatchObject({ error: { code: -32600 } });
  });
});

describe("a batch", () => {
  const batchOf = (count: number) =>
    `[${Array.from({ length: count }, (_, id) => `{"jsonrpc":"2.0","id":${id},"method":"get_data"}`).join()}]`;

  it("of 50 entries is answered entry by entry", async () => {
    expect(await ask(batchOf(50))).toHaveLength(50);
  });

  it.each([51, 4_000])("of %i entries is one single error, and refused as one message (attack 26)", async (count) => {
    const peer = arithmeticPeer();

    const reply = await ask(batchOf(count), peer);

    expect(reply).toMatchObject({ id: null, error: { code: -32600 } });
    expect(peer.refused).toHaveLength(1);
  });

  it("is not spoilt by an entry that is broken", async () => {
    const reply = await ask(
      '[{"jsonrpc":"2.0","id":1,"method":"get_data"},{"jsonrpc":"2.0","id":null,"method":"get_data"},7]',
    );

    expect(reply).toMatchObject([
      { id: 1, result: ["hello", 5] },
      { id: null, error: { code: -32600 } },
      { error: { code: -32600 } },
    ]);
  });

  it("may not use one id twice", async () => {
    const entry = '{"jsonrpc":"2.0","id":1,"method":"get_data"}';

    expect(await ask(`[${entry},${entry}]`)).toMatchObject([
      { id: 1, result: ["hello", 5] },
      { id: 1, error: { code: 40901 } },
    ]);
  });
});

const TRAPS: readonly (readonly [string, string])[] = [
  ["in params", request('{"__proto__":{"isAdmin":true}}')],
  ["deep in params", request('{"a":[{"b":{"__proto__":1}}]}')],
  ["in the envelope", '{"jsonrpc":"2.0","id":1,"method":"get_data","__proto__":{"method":"broken"}}'],
  ["escaped", request('{"\\u005f_proto__":{}}')],
  ["in a batch", `[${request('{"__proto__":{}}')}]`],
];

describe("the key __proto__", () => {
  it.each(TRAPS)("is refused %s (attack 24)", async (_where, frame) => {
    expect(await ask(frame)).toMatchObject({ error: { code: -32600, message: expect.stringContaining("__proto__") } });
  });

  it("is refused under the id of the request that holds it", async () => {
    expect(await ask(request('{"__proto__":{}}'))).toMatchObject({ id: 1 });
  });

  it("leaves the prototype of all objects as it was (attack 24)", async () => {
    for (const [, frame] of TRAPS) await ask(frame);

    expect(Object.keys(Object.prototype)).toEqual([]);
    expect("isAdmin" in {}).toBe(false);
  });

  it("is no reason to refuse the word as a value", async () => {
    expect(await ask(request('{"a":"__proto__"}'))).toMatchObject({ result: ["hello", 5] });
  });
});

describe("a method named like a member of every object", () => {
  it.each(["__proto__", "constructor", "toString", "hasOwnProperty", "valueOf", "GET_DATA", "get_data ", ""])(
    "is not found: %j (attack 23)",
    async (method) => {
      const reply = await ask(JSON.stringify({ jsonrpc: "2.0", id: 1, method }));

      expect(reply).toMatchObject({ id: 1, error: { code: -32601, data: { reason: "method_not_found" } } });
    },
  );

  it("is cut short in the answer when it is long", async () => {
    const reply = await answer(
      JSON.stringify({ jsonrpc: "2.0", id: 1, method: "m".repeat(200_000) }),
      arithmeticPeer(),
    );

    expect(reply?.text.length).toBeLessThan(400);
  });
});
