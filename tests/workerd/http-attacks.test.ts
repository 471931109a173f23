// The attacks on the door and on the messages, tried through POST /mcp; and what each leaves in the audit log.

import { env, exports } from "cloudflare:workers";
import { afterEach, describe, expect, it } from "vitest";
import { HttpClient, modern, modernHeaders, ModernClient, recordsIn, shakeHands } from "./mcp-client.ts";
import { address, asked, breakdown, forget, HOST, issueKey, withinOneMinute } from "./world.ts";

afterEach(() => breakdown({}));

const ECHO = { name: "ctx.get", arguments: { key: "a" } };

function publicPost(body: object, headers: Readonly<Record<string, string>> = {}, from = address()): Promise<Response> {
  return exports.default.fetch(`${HOST}/mcp`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
      "cf-connecting-ip": from,
      ...headers,
    },
    body: JSON.stringify(body),
  });
}

describe("without a credential", () => {
  it("shows the public tools and no others, and keeps nothing (attack 2)", async () => {
    const response = await publicPost({ jsonrpc: "2.0", id: 1, method: "mcp.tools.list" });

    expect(response.status).toBe(200);
    const text = await response.text();
    expect(text).toContain('"mcp.tools.list"');
    expect(text).not.toMatch(/"(ctx|k8s|prom|logs|tools)\\./);
  });

  it("is limited by address before anything is looked at (attack 3)", async () => {
    const discover = modern({ id: 1, method: "server/discover", params: {} });
    const statuses = await withinOneMinute(async () => {
      const [from, seen] = [address(), new Array<number>()];
      for (let call = 0; call < 31; call++) {
        const { status } = await publicPost(discover, modernHeaders("server/discover", {}), from);
        seen.push(status);
      }
      return seen;
    });

    expect(statuses.filter((status) => status === 200)).toHaveLength(30);
    expect(statuses.at(-1)).toBe(429);
  });
});

describe("a message", () => {
  it("takes its caller from the credential, whatever it says of itself (attack 22)", async () => {
    const client = new ModernClient(await issueKey(["observer"]));

    await client.open("tools/call", ECHO, { headers: { "x-principal": "admin", "x-tenant-id": "other" } });
    await client.tool("ctx.get", { key: "a", principal: "admin" });

    const [one, other] = await recordsIn(client.object);
    expect(one).toMatchObject({ actor_id: client.principal, outcome: "ok" });
    expect(other).toMatchObject({ actor_id: client.principal, outcome: "refused" });
  });

  it.each(["k8s.LIST_PODS", "__proto__", "constructor", "toString", "k8s.no_such"])(
    "cannot name the tool %s (attack 23)",
    async (name) => {
      const client = new ModernClient(await issueKey(["observer"]));

      expect(await client.tool(name)).toMatchObject({ error: { code: -32602 } });
    },
  );

  it.each(["__proto__", "constructor", "tools/CALL", "rpc.discover"])(
    "cannot name the method %s, and is recorded as refused (attack 23)",
    async (method) => {
      const client = new ModernClient(await issueKey(["observer"]));

      const response = await client.open(method);

      expect(response.status).toBe(404);
      expect(await response.json()).toMatchObject({ error: { code: -32601 } });
      expect(await recordsIn(client.object)).toMatchObject([{ outcome: "refused", reason: "method_not_found" }]);
    },
  );

  it("cannot bring a prototype along (attack 24)", async () => {
    const client = new ModernClient(await issueKey(["observer"]));
    const body = JSON.stringify(modern({ id: 1, method: "tools/call", params: ECHO })).replace(
      '"key":"a"',
      '"key":"a","__proto__":{"isAdmin":true}',
    );

    const response = await client.fetch("POST", body, { headers: modernHeaders("tools/call", ECHO) });

    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { code: -32600 } });
    expect(await recordsIn(client.object)).toMatchObject([{ outcome: "refused" }]);
  });

  it("that says a thing twice is read once: what is authorised is what is done (attack 25)", async () => {
    const client = new ModernClient(await issueKey(["shop-observer"]));
    const params = { name: "k8s.list_pods", arguments: { namespace: "kube-system" } };
    const body = JSON.stringify(modern({ id: 1, method: "tools/call", params })).replace(
      '"namespace":',
      '"namespace":"shop","namespace":',
    );
    await forget();

    const response = await client.fetch("POST", body, { headers: modernHeaders("tools/call", params) });

    expect(JSON.stringify(await response.json())).toContain("permission_denied");
    expect(await asked("cluster")).toEqual([]);
  });

  it("cannot be a batch: one answer, one record, nothing done (attack 26)", async () => {
    const client = new ModernClient(await issueKey(["observer"]));
    const batch = Array.from({ length: 1_000 }, (_, id) => ({ jsonrpc: "2.0", id, method: "ctx.get", params: {} }));

    const response = await client.fetch("POST", JSON.stringify(batch));

    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ id: null, error: { code: -32600 } });
    expect(await recordsIn(client.object)).toMatchObject([{ outcome: "refused" }]);
  });

  it.each([[null], [1.5], [{}], ["x".repeat(1_000)]])("cannot have the id %j (attack 27)", async (id) => {
    const client = new HttpClient(await issueKey(["observer"]));

    const { status, message } = await client.post({ jsonrpc: "2.0", id, method: "ctx.get", params: { key: "a" } });

    expect(status).toBe(400);
    expect(message).toMatchObject({ error: { code: -32600 } });
  });

  it("without an id does not call a tool (attack 28)", async () => {
    const key = await issueKey(["observer"]);
    await forget();

    const { status } = await new HttpClient(key).post({ jsonrpc: "2.0", method: "tools/call", params: ECHO });

    expect([202, 400]).toContain(status);
    expect(await asked("redis")).toEqual([]);
  });

  it("that answers what was never asked is taken and ignored, and what only a server says is unknown (attack 29)", async () => {
    const client = await shakeHands(await issueKey(["observer"]));

    const answered = await client.fetch("POST", '{"jsonrpc":"2.0","id":"x","result":{}}');
    const asking = await client.call("sampling/createMessage");

    expect(answered.status).toBe(202);
    expect(asking).toMatchObject({ error: { code: -32601 } });
  });
});

describe("headers that disagree with the body", () => {
  it.each([
    ["Mcp-Name", { "mcp-name": "ctx.list" }],
    ["Mcp-Method", { "mcp-method": "tools/list" }],
    ["MCP-Protocol-Version", { "mcp-protocol-version": "2027-01-01" }],
    ["Mcp-Name in Base64", { "mcp-name": `=?base64?${btoa("ctx.list")}?=` }],
  ])("have nothing done, and are recorded as a refusal: %s (attack 78)", async (_what, headers) => {
    const client = new ModernClient(await issueKey(["observer"]));
    await forget();

    const response = await client.open("tools/call", ECHO, { headers });

    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { code: -32020 } });
    expect(await asked("redis")).toEqual([]);
    expect(await recordsIn(client.object)).toMatchObject([{ outcome: "refused", reason: "header_mismatch" }]);
  });
});

it("leaves the same record of a call in whatever dialect it came", async () => {
  const key = await issueKey(["observer"]);
  const [single, session] = [new ModernClient(key), await shakeHands(key)];
  await single.tool("ctx.get", { key: "a" });
  await session.tool("ctx.get", { key: "a" });
  await single.post({ jsonrpc: "2.0", id: 1, method: "ctx.get", params: { key: "a" } });

  const rows = [...(await recordsIn(single.object)), ...(await recordsIn(env.SESSION.getByName(session.sessionId)))];

  expect(rows).toHaveLength(3);
  const own = new Set([
    "call_id",
    "ts",
    "duration_ms",
    "handler_ms",
    "era",
    "trace_id",
    "result_bytes",
    "seq",
    "event_id",
  ]);
  const elsewhere = new Set(["chain_id", "session_id", "source_ip"]);
  const told = rows.map((row) =>
    Object.fromEntries(Object.entries(row).filter(([name]) => !own.has(name) && !elsewhere.has(name))),
  );
  expect(told[1]).toEqual(told[0]);
  expect(told[2]).toEqual(told[0]);
});
