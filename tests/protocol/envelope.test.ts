// What the envelope of a message may look like: ids, versions, params, and messages that are no requests at all.

import { describe, expect, it } from "vitest";
import { answer } from "../../src/jsonrpc/answer.ts";
import { arithmeticPeer } from "../support/arithmetic-peer.ts";

const ask = async (frame: string, peer = arithmeticPeer()): Promise<unknown> => {
  const reply = (await answer(frame, peer))?.text;
  const parsed: unknown = reply === undefined ? undefined : JSON.parse(reply);
  return parsed;
};

const ACCEPTED_IDS = [
  '""',
  '"a"',
  `"${"x".repeat(128)}"`,
  '"\\ud800"',
  "0",
  "-1",
  "1.0",
  "9007199254740991",
  "-9007199254740991",
];
const REFUSED_IDS = [
  "null",
  "1.5",
  "1e400",
  "9007199254740992",
  "12345678901234567890",
  "true",
  "{}",
  "[1]",
  '{"toString":"1"}',
  `"${"x".repeat(129)}"`,
];

describe("a request's id", () => {
  it("has this many accepted and refused forms", () => {
    expect([ACCEPTED_IDS.length, REFUSED_IDS.length]).toEqual([9, 10]);
  });

  it.each(ACCEPTED_IDS)("comes back as it was sent: %s", async (id) => {
    const reply = await ask(`{"jsonrpc":"2.0","method":"get_data","id":${id}}`);

    expect(reply).toEqual({ jsonrpc: "2.0", id: JSON.parse(id), result: ["hello", 5] });
  });

  it.each(REFUSED_IDS)("is refused, and the call not run: %s (attack 27)", async (id) => {
    const reply = await ask(`{"jsonrpc":"2.0","method":"get_data","id":${id}}`);

    expect(reply).toMatchObject({ id: null, error: { code: -32600, data: { reason: "invalid_request" } } });
  });

  it("is refused when it has a million characters, without sending them back (attack 27)", async () => {
    const reply = (
      await answer(`{"jsonrpc":"2.0","method":"get_data","id":"${"x".repeat(1_000_000)}"}`, arithmeticPeer())
    )?.text;

    expect(reply?.length).toBeLessThan(500);
  });

  it('keeps apart the number 1 and the string "1"', async () => {
    const reply = await ask(
      '[{"jsonrpc":"2.0","method":"get_data","id":1},{"jsonrpc":"2.0","method":"get_data","id":"1"}]',
    );

    expect(reply).toMatchObject([
      { id: 1, result: ["hello", 5] },
      { id: "1", result: ["hello", 5] },
    ]);
  });
});

const BAD_ENVELOPES: readonly (readonly [string, number | null])[] = [
  ['{"jsonrpc":"1.0","method":"get_data","id":1}', 1],
  ['{"jsonrpc":2.0,"method":"get_data","id":1}', 1],
  ['{"method":"get_data","id":1}', 1],
  ['{"JSONRPC":"2.0","method":"get_data","id":1}', 1],
  ['{"jsonrpc":"2.0","id":1}', 1],
  ['{"jsonrpc":"2.0","method":null,"id":1}', 1],
  ['{"jsonrpc":"2.0","method":["get_data"],"id":1}', 1],
  ['{"jsonrpc":"2.0","method":"get_data","params":"bar","id":1}', 1],
  ['{"jsonrpc":"2.0","method":"get_data","params":null,"id":1}', 1],
  ['{"jsonrpc":"2.0","method":"get_data","params":7,"id":1}', 1],
  ["{}", null],
  ['"text"', null],
  ["null", null],
  ["7", null],
  ["[[]]", null],
];

describe("an envelope", () => {
  it("can be wrong in this many ways here", () => {
    expect(BAD_ENVELOPES).toHaveLength(15);
  });

  it.each(BAD_ENVELOPES)("that is no request is refused under the id that could be read: %s", async (frame, id) => {
    const reply = await ask(frame);

    const refusal = { jsonrpc: "2.0", id, error: { code: -32600, data: { reason: "invalid_request" } } };
    expect(reply).toMatchObject(frame.startsWith("[") ? [refusal] : refusal);
  });

  it.each(["", " ", "{", "nul", "{'a':1}", "\ufeff{}", '{"a":NaN}', '{"a":01}', "undefined"])(
    "that is not JSON is a parse error: %j",
    async (frame) => {
      expect(await ask(frame)).toMatchObject({ id: null, error: { code: -32700, data: { reason: "parse_error" } } });
    },
  );

  it("may hold members that nobody asked for", async () => {
    const reply = await ask('{"jsonrpc":"2.0","method":"get_data","id":1,"_meta":{"trace":"x"}}');

    expect(reply).toMatchObject({ result: ["hello", 5] });
  });

  it.each(["{}", "[]", ""])("without params or with empty ones runs the method: %s", async (params) => {
    const reply = await ask(`{"jsonrpc":"2.0","method":"get_data","id":1${params && `,"params":${params}`}}`);

    expect(reply).toMatchObject(params === "[]" ? { error: { code: -32602 } } : { result: ["hello", 5] });
  });
});

describe("a message without an id", () => {
  it.each([
    '{"jsonrpc":"2.0","method":"subtract","params":{"minuend":2,"subtrahend":1}}',
    '{"jsonrpc":"2.0","method":"subtract","params":[2,1]}',
    '{"jsonrpc":"2.0","method":"nowhere"}',
  ])("is neither run nor answered, but written down: %s", async (frame) => {
    const peer = arithmeticPeer();

    const reply = (await answer(frame, peer))?.text;

    expect(reply).toBeUndefined();
    expect(peer.refused).toMatchObject([{ error: { code: expect.any(Number) } }]);
  });

  it("is run when it controls the connection, and still not answered", async () => {
    let ran = 0;
    const method = { kind: "control", run: () => Promise.resolve({ result: String((ran += 1)) }) } as const;
    const peer = arithmeticPeer(new Map([["control.count", method]]));

    const reply = (await answer('{"jsonrpc":"2.0","method":"control.count"}', peer))?.text;

    expect([reply, ran, peer.refused]).toEqual([undefined, 1, []]);
  });

  it("gets no answer even when the control method crashes", async () => {
    const method = { kind: "control", run: () => Promise.reject(new Error("bug")) } as const;
    const peer = arithmeticPeer(new Map([["control.count", method]]));

    const reply = (await answer('{"jsonrpc":"2.0","method":"control.count"}', peer))?.text;

    expect([reply, peer.crashes]).toEqual([undefined, [new Error("bug")]]);
  });
});

describe("an answer that nobody asked for", () => {
  it.each(['{"jsonrpc":"2.0","id":1,"result":{}}', '{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"no"}}'])(
    "is not answered, but counted: %s (attack 29)",
    async (frame) => {
      const peer = arithmeticPeer();

      const reply = (await answer(frame, peer))?.text;

      expect(reply).toBeUndefined();
      expect(peer.refused).toMatchObject([{ error: { data: { reason: "invalid_request" } } }]);
    },
  );

  it("does not spoil the batch it came in", async () => {
    const reply = await ask('[{"jsonrpc":"2.0","id":1,"result":{}},{"jsonrpc":"2.0","id":2,"method":"get_data"}]');

    expect(reply).toEqual([{ jsonrpc: "2.0", id: 2, result: ["hello", 5] }]);
  });
});

describe("a method that crashes", () => {
  it("is answered with a bare internal error, and its cause is kept from the caller", async () => {
    const peer = arithmeticPeer();

    const reply = (await answer('{"jsonrpc":"2.0","method":"broken","id":1}', peer))?.text;

    expect(JSON.parse(reply ?? "")).toMatchObject({
      id: 1,
      error: { code: -32603, data: { reason: "internal_error" } },
    });
    expect(reply).not.toContain("hunter2");
    expect(peer.crashes).toEqual([new Error("postgres://user:hunter2@db")]);
  });
});
