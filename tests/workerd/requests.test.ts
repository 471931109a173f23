// What HTTP requests leave behind in their object: a session its subscriptions, a single request nothing but its limits.

import { evictDurableObject } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { address, connect, HOST, issueKey } from "./world.ts";
import type { Key } from "./world.ts";

const CATALOGUE = "gatehouse://catalogue";
const initialize = {
  jsonrpc: "2.0",
  id: 1,
  method: "initialize",
  params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "by hand", version: "1" } },
};
const ping = (id: number) => ({ jsonrpc: "2.0", id, method: "ping" });
const subscribe = { jsonrpc: "2.0", id: 2, method: "resources/subscribe", params: { uri: CATALOGUE } };

function headersOf({ token }: Key, session?: string): Record<string, string> {
  const own = { authorization: `Bearer ${token}`, "cf-connecting-ip": address() };
  return session === undefined ? own : { ...own, "mcp-session-id": session };
}

function post(body: object, key: Key, session?: string): Promise<Response> {
  const headers = { ...headersOf(key, session), "content-type": "application/json", accept: "application/json" };
  return exports.default.fetch(`${HOST}/mcp`, { method: "POST", headers, body: JSON.stringify(body) });
}

const Problem = z.object({ status: z.number(), reason: z.string() });

describe("a single request", () => {
  it("agrees on nothing for those that come after it", async () => {
    const key = await issueKey(["agent"]);
    await post([initialize], key);

    const answered = await post([ping(1), ping(2)], key);

    expect(await answered.json()).toEqual([
      { jsonrpc: "2.0", id: 1, result: {} },
      { jsonrpc: "2.0", id: 2, result: {} },
    ]);
  });

  it("cannot subscribe, because there is nowhere to tell it", async () => {
    const answered = await post(subscribe, await issueKey(["agent"]));

    expect(answered.status).toBe(400);
    expect(await answered.json()).toMatchObject({ id: 2, error: { data: { reason: "invalid_request" } } });
  });
});

describe("a session over HTTP", () => {
  it("is told of what it subscribed to when its object has slept in between", async () => {
    const key = await issueKey(["agent"]);
    const founded = await post(initialize, key);
    const session = founded.headers.get("mcp-session-id") ?? "";
    const subscribed = await post(subscribe, key, session);
    // An object with an answer that nobody has read cannot sleep.
    await Promise.all([founded.text(), subscribed.text()]);
    await evictDurableObject(env.SESSION.getByName(session));
    const administrator = await connect(["administrator"]);

    await administrator.call("tools.configure", { tool: "ctx.list", enabled: false });
    await administrator.call("tools.configure", { tool: "ctx.list" });

    const headers = { ...headersOf(key, session), accept: "text/event-stream", "last-event-id": "unasked.0" };
    const response = await exports.default.fetch(`${HOST}/mcp`, { headers });
    const body: ReadableStream<Uint8Array> | null = response.body;
    const reader = body?.getReader();
    let text = "";
    while (reader && text.split("notifications/").length < 5) {
      text += new TextDecoder().decode((await reader.read()).value);
    }
    await reader?.cancel();
    expect(text).toContain("notifications/tools/list_changed");
    expect(text).toContain(`"method":"notifications/resources/updated","params":{"uri":"${CATALOGUE}"}`);
  });

  it("that is not known is refused as everything at the door", async () => {
    const answered = await post(ping(1), await issueKey(["agent"]), crypto.randomUUID());

    expect(answered.headers.get("content-type")).toBe("application/problem+json");
    expect(Problem.parse(await answered.json())).toEqual({ status: 404, reason: "not_found" });
  });
});
