// The native dialect over a socket: every scenario once with the object awake and once after it has slept.

import { afterEach, describe, expect, it, vi } from "vitest";
import { type Agent, asked, breakdown, connect, eventually, forget, pass, refusal } from "./world.ts";

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
        principal: { id: agent.principal, kind: "agent", roles: ["agent"], on_behalf_of: "team/oncall" },
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
    expect(names).toEqual(
      ["ctx.delete", "ctx.get", "ctx.list", "ctx.set", "mcp.tools.list", "quota.get"].map((name) => `"name":"${name}"`),
    );
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
        pods: expect.arrayContaining([
          expect.objectContaining({ name: expect.any(String), status: expect.any(String) }),
        ]),
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
    ["__proto__ as a key", '{"jsonrpc":"2.0","id":5,"method":"ctx.get","params":{"__proto__":{}}}', -32600, 5],
    ["70 levels", `{"jsonrpc":"2.0","id":6,"method":"x","params":{"a":${"[".repeat(70)}${"]".repeat(70)}}}`, -32600, 6],
    ["__proto__ as a method", '{"jsonrpc":"2.0","id":7,"method":"__proto__"}', -32601, 7],
    [
      "constructor as a tool",
      '{"jsonrpc":"2.0","id":8,"method":"mcp.tools.call","params":{"name":"constructor"}}',
      -32602,
      8,
    ],
  ])("refuses %s, and goes on", async (_what, frame, code, id) => {
    const agent = await agentWith("agent");

    expect(await agent.exchange(frame)).toMatchObject({ jsonrpc: "2.0", id, error: { code } });
    expect(await agent.call("ctx.get", { key: "none" })).toMatchObject({ result: { found: false } });
  });

  it("does not run a call without an id, answers nothing, and writes it down (attack 28)", async () => {
    const agent = await agentWith("agent");

    agent.send({ jsonrpc: "2.0", method: "ctx.set", params: { key: "quiet", value: 1 } });
    const read = await agent.call("ctx.get", { key: "quiet" });

    expect(read).toMatchObject({ result: { found: false } });
    expect(agent.received).toHaveLength(2);
    const [refused] = await agent.journal();
    expect(refused?.record).toMatchObject({
      outcome: "refused",
      reason: "invalid_request",
      params: { method: "ctx.set" },
    });
  });

  it("ignores an answer to a question that nobody asked (attack 29)", async () => {
    const agent = await agentWith("agent");

    agent.send({ jsonrpc: "2.0", id: 99, result: {} });

    expect(await agent.call("ctx.get", { key: "none" })).toMatchObject({ result: { found: false } });
    expect(agent.received).toHaveLength(2);
  });

  it.each([
    ["unknown_tool", "mcp.tools.call", { name: "k8s.delete_pod", args: {} }, -32602, {}],
    ["method_not_found", "k8s.delete_pod", {}, -32601, {}],
    ["invalid_params", "mcp.tools.call", { tool: "ctx.get" }, -32602, {}],
    ["invalid_params", "ctx.get", { key: "a", extra: 1 }, -32602, { issues: [{ path: "" }] }],
    ["invalid_params", "ctx.get", {}, -32602, { issues: [{ path: "key" }] }],
    ["permission_denied", "tools.configure", { tool: "ctx.get" }, 40300, { requiredPermission: "keys:admin" }],
    [
      "permission_denied",
      "k8s.list_pods",
      { namespace: "payments" },
      40300,
      { allowed: [{ namespaces: ["shop", "shop-*"] }] },
    ],
  ])("refuses with %s: %s %j", async (reason, method, params, code, data) => {
    await forget();
    const agent = await agentWith("shop-observer");

    expect(await agent.call(method, params)).toMatchObject({ id: 1, ...refusal(code, reason, data) });
    expect([...(await asked("cluster")), ...(await asked("redis"))]).toEqual([]);
    expect((await agent.journal()).at(-1)?.record).toMatchObject({ decision: "refused", outcome: "refused", reason });
  });

  it("limits each tool, and says truly how long to wait", async () => {
    pass(0);
    const agent = await agentWith("agent");
    for (let call = 1; call <= 10; call++) expect(await agent.call("mcp.tools.list")).toHaveProperty("result");

    const limited = await agent.call("mcp.tools.list");
    pass(5_999);
    const tooEarly = await agent.call("mcp.tools.list");
    pass(1);
    const inTime = await agent.call("mcp.tools.list");

    const facts = { scope: "session_tool", tool: "mcp.tools.list", limit: "10/minute" };
    expect(limited).toMatchObject({ id: 11, ...refusal(42900, "rate_limited", { ...facts, retryAfterMs: 6_000 }) });
    expect(tooEarly).toMatchObject(refusal(42900, "rate_limited", { retryAfterMs: 1 }));
    expect(inTime).toHaveProperty("result");
  });

  it("refuses an id that is still running, and answers the first under it", async () => {
    const agent = await agentWith("agent");
    await breakdown({ redis: "hangs" });

    await agent.settle();
    agent.send({ jsonrpc: "2.0", id: "same", method: "ctx.get", params: { key: "a" } });
    agent.send({ jsonrpc: "2.0", id: "same", method: "ctx.get", params: { key: "b" } });
    const second = await agent.reply("same");
    await breakdown({});
    await agent.until(() => (agent.received.length === 3 ? true : undefined));

    expect(second).toMatchObject(refusal(40901, "duplicate_request_id"));
    expect(agent.messages.at(-1)).toMatchObject({ id: "same", ...refusal(50300, "upstream_unavailable") });
  });

  it("runs 8 calls, lets 64 wait and refuses the next, and answers every one of them", async () => {
    const agent = await agentWith("agent");
    await breakdown({ redis: "hangs" });

    await agent.settle();
    const ids = Array.from({ length: 73 }, () => agent.request("ctx.get", { key: "none" }));
    const refused = await agent.reply(73);
    await breakdown({});
    const replies = await Promise.all(ids.slice(0, 72).map((id) => agent.reply(id)));

    expect(refused).toMatchObject(
      refusal(42900, "rate_limited", { scope: "concurrency", limit: 72, retryAfterMs: 30_000 }),
    );
    // Those that had reached Redis learn that it was out of service; the others ran after it was mended.
    expect(replies.filter((reply) => "error" in reply)).toHaveLength(8);
    expect(replies.filter((reply) => "result" in reply)).toHaveLength(64);
  });

  it.each([
    ["redis", "ctx.get", { key: "a" }],
    ["cluster", "k8s.list_pods", { namespace: "shop" }],
  ] as const)(
    "stops a call that waits for %s when it is cancelled, and writes that down",
    async (upstream, method, params) => {
      const agent = await agentWith("observer");
      await forget();
      await breakdown({ [upstream]: "hangs" });

      await agent.settle();
      const running = agent.request(method, params);
      await eventually(async () => (await asked(upstream)).length === 1);
      agent.send({ jsonrpc: "2.0", id: "stop", method: "mcp.cancel", params: { id: running } });

      expect(await agent.reply("stop")).toMatchObject({ result: { cancelled: true } });
      expect(await agent.reply(running)).toMatchObject(refusal(49900, "cancelled"));
      expect((await agent.journal()).at(-1)?.record).toMatchObject({
        tool: method,
        outcome: "cancelled",
        reason: "cancelled",
      });
    },
  );

  it("says so when there is nothing to cancel", async () => {
    const agent = await agentWith("agent");

    expect(await agent.call("mcp.cancel", { id: "gone" })).toMatchObject({ result: { cancelled: false } });
  });

  it("answers what is ready first, whatever was asked first", async () => {
    const agent = await agentWith("observer");
    await breakdown({ cluster: "hangs" });

    await agent.settle();
    const slow = agent.request("k8s.list_pods", { namespace: "shop" });
    const quick = agent.request("ctx.get", { key: "none" });
    await agent.reply(quick);
    await breakdown({});
    await agent.reply(slow);

    expect(agent.messages.slice(1).map(({ id }) => id)).toEqual([quick, slow]);
  });
});
