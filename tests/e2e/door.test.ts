// The whole stack over real sockets: wrangler's own server, storage over HTTP, the proxy as a process of its own.

import * as z from "zod";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Agent } from "../../dev/stack/agent.ts";
import { createKey, revokeKey } from "../../dev/stack/api-keys.ts";
import { startStack } from "../../dev/stack/stack.ts";
import type { NewKey } from "../../dev/stack/api-keys.ts";
import type { Stack } from "../../dev/stack/stack.ts";

let stack: Stack;

beforeAll(async () => {
  stack = await startStack({
    state: "fresh",
    output: "quiet",
    port: 0,
    postgresUrl: process.env.TEST_POSTGRES_URL,
    redisUrl: process.env.TEST_REDIS_URL,
    vars: { AUDIT_DRAIN_DELAY_MS: "100", ALLOWED_ORIGINS: "https://console.example" },
  });
});
afterAll(() => stack.stop());

let agents = 0;

/** Everyone comes as someone else, so that no test meets another's context or limits. */
function key(roles: readonly string[], more: Partial<NewKey> = {}): Promise<string> {
  return createKey(stack.keys, { principal: `agent/e2e-${agents++}`, kind: "agent", roles, days: 1, ...more });
}

async function connect(...roles: string[]): Promise<Agent> {
  return Agent.connect(stack.address, await key(roles));
}

const Row = z.object({
  phase: z.string(),
  outcome: z.string(),
  reason: z.string().nullable(),
  tool: z.string().nullable(),
});

/** What stands in Postgres of one principal, once so many rows have drained. */
async function auditRows(principal: string, count: number): Promise<readonly z.output<typeof Row>[]> {
  const text = "select phase, outcome, reason, tool from audit_logs where actor_id = $1 order by ts, seq";
  const read = async () => {
    const done = await stack.sql({ text, values: [principal], timeoutMs: 5_000 }, new AbortController().signal);
    return done.ok ? z.array(Row).parse(done.value) : [];
  };
  await expect.poll(read, { timeout: 15_000, interval: 100 }).toHaveLength(count);
  return read();
}

describe("the path of one call", () => {
  it("reads pods through the proxy, with the status words of kubectl", async () => {
    const agent = await connect("observer");

    const reply = await agent.request("mcp.tools.call", { name: "k8s.list_pods", args: { namespace: "shop" } });

    expect(reply.result).toMatchObject({ meta: { cluster: "demo", namespace: "shop", untrusted: true } });
    expect(JSON.stringify(reply.result)).toContain("CrashLoopBackOff");
    await agent.close();
  });

  it("pages through a namespace without losing or repeating a pod", async () => {
    const agent = await connect("observer");
    const Page = z.looseObject({
      pods: z.array(z.looseObject({ name: z.string() })),
      meta: z.looseObject({ next_cursor: z.string().optional() }),
    });

    const names: string[] = [];
    let cursor: string | undefined;
    do {
      const reply = await agent.request("k8s.list_pods", {
        namespace: "payments",
        limit: 5,
        ...(cursor && { cursor }),
      });
      const page = Page.parse(reply.result);
      names.push(...page.pods.map(({ name }) => name));
      cursor = page.meta.next_cursor;
    } while (cursor !== undefined);

    expect(names).toHaveLength(17);
    expect(new Set(names).size).toBe(17);
    await agent.close();
  });

  it("keeps a context for the principal, whichever of its connections wrote it", async () => {
    const own = await key(["agent"]);
    const [first, second] = [await Agent.connect(stack.address, own), await Agent.connect(stack.address, own)];
    const stranger = await connect("agent");

    await first.request("ctx.set", { key: "note", value: { text: "ünïcode 🚪", list: [1, null, "OK"] } });

    const read = await second.request("ctx.get", { key: "note" });
    expect(read.result).toMatchObject({ found: true, value: { text: "ünïcode 🚪", list: [1, null, "OK"] } });
    expect((await stranger.request("ctx.get", { key: "note" })).result).toEqual({ key: "note", found: false });
    await Promise.all([first.close(), second.close(), stranger.close()]);
  });

  it("leaves its rows in Postgres: reads, effects with their intents, and refusals", async () => {
    const principal = "agent/audited";
    const agent = await Agent.connect(stack.address, await key(["shop-observer"], { principal }));

    await agent.request("ctx.set", { key: "k", value: "v" });
    await agent.request("k8s.list_pods", { namespace: "shop" });
    await agent.request("k8s.list_pods", { namespace: "payments" });
    await agent.request("no.such_tool");

    const rows = await auditRows(principal, 5);
    expect(rows.map(({ phase, outcome, reason }) => [phase, outcome, reason])).toEqual([
      ["intent", "pending", null],
      ["outcome", "ok", null],
      ["outcome", "ok", null],
      ["outcome", "refused", "permission_denied"],
      ["event", "refused", "method_not_found"],
    ]);
    await agent.close();
  });

  it("is refused when it comes too often, and admitted after exactly the wait it was told", async () => {
    const agent = await connect("administrator");
    await agent.request("tools.configure", { tool: "ctx.list", rate_limit: "5/second" });

    // So many that a busy machine does not take long enough for all of them to be let through.
    const replies = await Promise.all(Array.from({ length: 60 }, () => agent.request("ctx.list")));
    const refused = replies.find(({ error }) => error !== undefined);
    const { retryAfterMs } = z.looseObject({ retryAfterMs: z.int().positive() }).parse(refused?.error?.data);
    const deadline = Date.now() + retryAfterMs;
    await expect.poll(() => Date.now() >= deadline, { interval: 5 }).toBe(true);

    expect((await agent.request("ctx.list")).error).toBeUndefined();
    await agent.request("tools.configure", { tool: "ctx.list" });
    await agent.close();
  });
});

describe("the door", () => {
  it.each([
    ["an unknown key", `ghk_${"a".repeat(16)}_${"b".repeat(43)}`],
    ["something that is no key", "let-me-in"],
  ])("refuses %s with 401", async (_, credential) => {
    await expect(Agent.connect(stack.address, credential)).rejects.toThrow(/^401 .*unauthenticated/);
  });

  it("refuses the right id with the wrong secret", async () => {
    const [, keyId = ""] = (await key(["agent"])).split("_");

    await expect(Agent.connect(stack.address, `ghk_${keyId}_${"x".repeat(43)}`)).rejects.toThrow("401");
  });

  it("refuses a revoked key", async () => {
    const revoked = await key(["agent"]);
    await revokeKey(stack.keys, revoked.split("_")[1] ?? "");

    await expect(Agent.connect(stack.address, revoked)).rejects.toThrow("401");
  });

  const http = () => stack.address.replace(/^ws/, "http");

  it.each([
    ["no upgrade", {}, "", 426],
    ["a foreign origin", { origin: "https://console.example.evil.example" }, "", 403],
    ["a null origin", { origin: "null" }, "", 403],
    ["a token in the address", {}, "?access_token=ghk_x", 400],
    ["a key in the address, in capitals", {}, "?API_KEY=ghk_x", 400],
  ])("answers %s with a problem that says what to do", async (_, headers, query, status) => {
    const response = await fetch(http() + query, { headers });

    expect(response.status).toBe(status);
    expect(response.headers.get("content-type")).toContain("application/problem+json");
    expect(await response.text()).not.toContain("ghk_x");
  });

  it("lets someone without a key see what is public, and nothing else", async () => {
    const nobody = await Agent.connect(stack.address);

    const listed = await nobody.request("mcp.tools.list");
    const refused = await nobody.request("k8s.list_pods", { namespace: "shop" });

    expect(listed.result).toMatchObject({ tools: [{ name: "mcp.tools.list" }] });
    expect(refused.error?.code).toBe(40100);
    await nobody.close();
  });
});

describe("the socket", () => {
  it("is closed with 1003 for a binary frame", async () => {
    const agent = await connect("agent");

    agent.send(new Uint8Array([1, 2, 3]));

    expect(await agent.closed).toMatchObject({ code: 1003 });
  });

  it("is closed with 1009 for a frame beyond 256 KiB", async () => {
    const agent = await connect("agent");

    agent.send("x".repeat(256 * 1024 + 1));

    expect(await agent.closed).toMatchObject({ code: 1009 });
  });

  it("answers its own close with the code it was closed with", async () => {
    const agent = await connect("agent");

    expect(await agent.close()).toMatchObject({ code: 1000 });
  });

  it("tells open sessions when the tools change", async () => {
    const [administrator, observer] = [await connect("administrator"), await connect("observer")];
    const changed = observer.notified("mcp.tools.changed");

    await administrator.request("tools.configure", { tool: "k8s.list_pods", enabled: false });

    expect(JSON.stringify((await changed).params)).not.toContain("k8s.list_pods");
    const refused = await observer.request("k8s.list_pods", { namespace: "shop" });
    expect(refused.error?.code).toBe(-32601);
    await administrator.request("tools.configure", { tool: "k8s.list_pods" });
    expect((await observer.request("k8s.list_pods", { namespace: "shop" })).error).toBeUndefined();
    await Promise.all([administrator.close(), observer.close()]);
  });
});
