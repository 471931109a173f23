// The native dialect over a socket: every scenario once with the object awake and once after it has slept.

import { describe, expect, it, vi, afterEach } from "vitest";
import { breakdown, connect, pass, redis, refusal, type Agent } from "./world.ts";

afterEach(async () => {
  vi.useRealTimers();
  await breakdown({});
});

it("greets with the session, the principal and the protocol before anything else", async () => {
  const agent = await connect(["agent"]);

  expect(agent.messages).toEqual([
    {
      jsonrpc: "2.0",
      method: "mcp.session",
      params: {
        session_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        principal: { id: agent.principal, kind: "agent", roles: ["agent"], on_behalf_of: "maria@example.com" },
        protocol: "gatehouse.native.v1",
      },
    },
  ]);
});

describe.each([
  ["awake", false],
  ["after sleep", true],
])("%s", (_, sleeps) => {
  const agentWith = (...roles: string[]): Promise<Agent> => connect(roles, { sleeps });

  it("lists the tools that the caller may call, and no others", async () => {
    const agent = await agentWith("agent");

    const reply = await agent.call("mcp.tools.list");

    expect(reply).toMatchObject({ jsonrpc: "2.0", id: 1 });
    const names = JSON.stringify(reply).match(/"name":"[^"]+"/g);
    expect(names).toEqual(["ctx.delete", "ctx.get", "ctx.list", "ctx.set", "mcp.tools.list"].map((name) => `"name":"${name}"`));
  });

  it("keeps a context value: set, get, list and delete", async () => {
    const agent = await agentWith("agent");
    const value = { cluster: "prod", seen: [1, 2, null] };

    expect(await agent.call("ctx.set", { key: "plan", value, ttl_s: 60 })).toMatchObject({
      result: { key: "plan", stored: true, ttl_s: 60, bytes: JSON.stringify(value).length },
    });
    expect(await agent.call("ctx.get", { key: "plan" })).toMatchObject({ result: { key: "plan", found: true, value } });
    expect(await agent.call("ctx.list")).toMatchObject({ result: { keys: [{ key: "plan" }], meta: { total: 1 } } });
    expect(await agent.call("ctx.delete", { key: "plan" })).toMatchObject({ result: { key: "plan", deleted: true } });
    expect(await agent.call("ctx.get", { key: "plan" })).toMatchObject({ result: { key: "plan", found: false } });
  });

  it("lists the pods of a namespace through the cluster's proxy", async () => {
    const agent = await agentWith("observer");

    const reply = await agent.call("k8s.list_pods", { namespace: "shop" });

    expect(reply).toMatchObject({
      result: {
        pods: expect.arrayContaining([expect.objectContaining({ name: expect.any(String), status: expect.any(String) })]),
        meta: { cluster: "demo", namespace: "shop", untrusted: true },
      },
    });
  });

  it.each([
    ["mcp.tools.call", { name: "k8s.list_pods", args: { namespace: "payments" } }],
    ["mcp.tools.call", { name: "k8s_list_pods", args: { namespace: "payments" } }],
    ["k8s_list_pods", { namespace: "payments" }],
  ])("answers %s %j with the tool's own result", async (method, params) => {
    const agent = await agentWith("observer");

    expect(await agent.call(method, params)).toMatchObject({ result: { meta: { namespace: "payments" } } });
  });

  it("answers a batch in one frame, each entry under its own id and notifications not at all", async () => {
    const agent = await agentWith("agent");
    const batch = [
      { jsonrpc: "2.0", id: "a", method: "ctx.get", params: { key: "none" } },
      { jsonrpc: "2.0", method: "ctx.get", params: { key: "none" } },
      { jsonrpc: "2.0", id: "b", method: "no.such_method" },
      7,
    ];

    const reply = await agent.exchange(JSON.stringify(batch));

    expect(reply).toMatchObject([
      { id: "a", result: { found: false } },
      { id: "b", error: { code: -32601 } },
      { id: null, error: { code: -32600 } },
    ]);
  });

  it.each([
    ["what is not JSON", "{", -32700, null],
    ["an empty frame", "", -32700, null],
    ["an empty batch", "[]", -32600, null],
    ["a batch of 51", JSON.stringify(Array(51).fill({ jsonrpc: "2.0", id: 1, method: "ctx.list" })), -32600, null],
    ["another version", '{"jsonrpc":"1.0","id":3,"method":"ctx.list"}', -32600, 3],
    ["a fractional id", '{"jsonrpc":"2.0","id":1.5,"method":"ctx.list"}', -32600, null],
    ["the id null", '{"jsonrpc":"2.0","id":null,"method":"ctx.list"}', -32600, null],
    ["params by position", '{"jsonrpc":"2.0","id":4,"method":"ctx.get","params":["a"]}', -32602, 4],
    ["__proto__ as a key", '{"jsonrpc":"2.0","id":5,"method":"ctx.get","params":{"__proto__":{}}}', -32600, null],
    ["70 levels", `{"jsonrpc":"2.0","id":6,"method":"x","params":{"a":${"[".repeat(70)}${"]".repeat(70)}}}`, -32600, null],
    ["__proto__ as a method", '{"jsonrpc":"2.0","id":7,"method":"__proto__"}', -32601, 7],
    ["constructor as a tool", '{"jsonrpc":"2.0","id":8,"method":"mcp.tools.call","params":{"name":"constructor"}}', -32602, 8],
  ])("refuses %s, and goes on", async (_what, frame, code, id) => {
    const agent = await agentWith("agent");

    expect(await agent.exchange(frame)).toMatchObject({ jsonrpc: "2.0", id, error: { code } });
    expect(await agent.call("ctx.get", { key: "none" })).toMatchObject({ result: { found: false } });
  });

  it("does not run a call without an id: the next answer is the next request's", async () => {
    const agent = await agentWith("agent");

    const reply = await agent.exchange(
      '{"jsonrpc":"2.0","method":"ctx.set","params":{"key":"quiet","value":1}}'.concat(""),
    ).catch(() => undefined);

    expect(reply).toBeUndefined();
  });
});
