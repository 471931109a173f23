// Every example of the JSON-RPC 2.0 specification, §7, as it stands there. The one difference is ours to choose: params
// by position are refused with -32602, because every method here takes them by name (§4.2 allows a server to).

import { describe, expect, it } from "vitest";
import { answer } from "../../src/jsonrpc/answer.ts";
import { arithmeticPeer } from "../support/arithmetic-peer.ts";

const failure = (id: string | number | null, code: number) => ({
  jsonrpc: "2.0",
  id,
  error: expect.objectContaining({ code }),
});

const EXAMPLES: readonly { readonly example: string; readonly request: string; readonly response: unknown }[] = [
  {
    example: "rpc call with positional parameters (1)",
    request: '{"jsonrpc": "2.0", "method": "subtract", "params": [42, 23], "id": 1}',
    response: failure(1, -32602),
  },
  {
    example: "rpc call with positional parameters (2)",
    request: '{"jsonrpc": "2.0", "method": "subtract", "params": [23, 42], "id": 2}',
    response: failure(2, -32602),
  },
  {
    example: "rpc call with named parameters (1)",
    request: '{"jsonrpc": "2.0", "method": "subtract", "params": {"subtrahend": 23, "minuend": 42}, "id": 3}',
    response: { jsonrpc: "2.0", result: 19, id: 3 },
  },
  {
    example: "rpc call with named parameters (2)",
    request: '{"jsonrpc": "2.0", "method": "subtract", "params": {"minuend": 42, "subtrahend": 23}, "id": 4}',
    response: { jsonrpc: "2.0", result: 19, id: 4 },
  },
  {
    example: "a Notification (1)",
    request: '{"jsonrpc": "2.0", "method": "update", "params": [1,2,3,4,5]}',
    response: undefined,
  },
  { example: "a Notification (2)", request: '{"jsonrpc": "2.0", "method": "foobar"}', response: undefined },
  {
    example: "rpc call of non-existent method",
    request: '{"jsonrpc": "2.0", "method": "foobar", "id": "1"}',
    response: failure("1", -32601),
  },
  {
    example: "rpc call with invalid JSON",
    request: '{"jsonrpc": "2.0", "method": "foobar, "params": "bar", "baz]',
    response: failure(null, -32700),
  },
  {
    example: "rpc call with invalid Request object",
    request: '{"jsonrpc": "2.0", "method": 1, "params": "bar"}',
    response: failure(null, -32600),
  },
  {
    example: "rpc call Batch, invalid JSON",
    request: '[{"jsonrpc": "2.0", "method": "sum", "params": [1,2,4], "id": "1"},{"jsonrpc": "2.0", "method"]',
    response: failure(null, -32700),
  },
  { example: "rpc call with an empty Array", request: "[]", response: failure(null, -32600) },
  {
    example: "rpc call with an invalid Batch (but not empty)",
    request: "[1]",
    response: [failure(null, -32600)],
  },
  {
    example: "rpc call with invalid Batch",
    request: "[1,2,3]",
    response: [failure(null, -32600), failure(null, -32600), failure(null, -32600)],
  },
  {
    example: "rpc call Batch",
    request: `[
      {"jsonrpc": "2.0", "method": "sum", "params": [1,2,4], "id": "1"},
      {"jsonrpc": "2.0", "method": "notify_hello", "params": [7]},
      {"jsonrpc": "2.0", "method": "subtract", "params": {"minuend": 42, "subtrahend": 23}, "id": "2"},
      {"foo": "boo"},
      {"jsonrpc": "2.0", "method": "foo.get", "params": {"name": "myself"}, "id": "5"},
      {"jsonrpc": "2.0", "method": "get_data", "id": "9"}
    ]`,
    response: [
      failure("1", -32602),
      { jsonrpc: "2.0", result: 19, id: "2" },
      failure(null, -32600),
      failure("5", -32601),
      { jsonrpc: "2.0", result: ["hello", 5], id: "9" },
    ],
  },
  {
    example: "rpc call Batch (all notifications)",
    request: `[
      {"jsonrpc": "2.0", "method": "notify_sum", "params": [1,2,4]},
      {"jsonrpc": "2.0", "method": "notify_hello", "params": [7]}
    ]`,
    response: undefined,
  },
];

describe("the examples of the JSON-RPC 2.0 specification", () => {
  it("are all here", () => {
    expect(EXAMPLES).toHaveLength(15);
  });

  it.each(EXAMPLES)("answers: $example", async ({ request, response }) => {
    const reply = (await answer(request, arithmeticPeer()))?.text;

    expect(reply === undefined ? undefined : JSON.parse(reply)).toEqual(response);
  });

  it("writes every one of them down that it refused, answered or not", async () => {
    const refusals = new Map<string, number>();

    for (const { example, request } of EXAMPLES) {
      const peer = arithmeticPeer();
      await answer(request, peer);
      refusals.set(example, peer.refused.length);
    }

    expect(Object.fromEntries(refusals)).toEqual({
      "rpc call with positional parameters (1)": 1,
      "rpc call with positional parameters (2)": 1,
      "rpc call with named parameters (1)": 0,
      "rpc call with named parameters (2)": 0,
      "a Notification (1)": 1,
      "a Notification (2)": 1,
      "rpc call of non-existent method": 1,
      "rpc call with invalid JSON": 1,
      "rpc call with invalid Request object": 1,
      "rpc call Batch, invalid JSON": 1,
      "rpc call with an empty Array": 1,
      "rpc call with an invalid Batch (but not empty)": 1,
      "rpc call with invalid Batch": 3,
      "rpc call Batch": 4,
      "rpc call Batch (all notifications)": 2,
    });
  });
});
