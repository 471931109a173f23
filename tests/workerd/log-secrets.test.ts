// The log while everything goes wrong and secrets are everywhere: it has its lines, and none of the secrets.

import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import * as z from "zod";
import { COLLECTOR_TOKEN } from "./collector.ts";
import { HttpClient, ModernClient } from "./mcp-client.ts";
import { address, breakdown, connectWith, eventually, issueKey, upgrade } from "./world.ts";

const Line = z.looseObject({ level: z.enum(["info", "warn", "error"]), event: z.string() });

let lines: string[] = [];
beforeEach(() => {
  lines = [];
  for (const method of ["log", "error", "warn", "info", "debug"] as const) {
    vi.spyOn(console, method).mockImplementation((line: unknown) => void lines.push(String(line)));
  }
});
afterEach(async () => {
  vi.restoreAllMocks();
  await breakdown({});
});

const PLANTED = "plantedSecret7Qx";
const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
const events = () => lines.map((line) => Line.parse(JSON.parse(line)).event);

it("names what happened, and repeats nothing that was said in confidence", { timeout: 60_000 }, async () => {
  const key = await issueKey(["observer"]);
  const agent = await connectWith(key);
  const stateless = new ModernClient(key);
  await breakdown({ cluster: "down", redis: "down", collector: "down" });

  await agent.call("k8s.list_pods", { namespace: "shop", label_selector: `app=${PLANTED}`, _meta: { traceparent } });
  await agent.call("ctx.set", { key: PLANTED, value: { password: PLANTED } });
  await agent.call("mcp.tools.call", { name: PLANTED, args: { token: PLANTED } });
  await agent.call(`${PLANTED}.method`, { note: PLANTED });
  await stateless.call("tools/call", { name: "logs_search", arguments: { namespace: "shop", query: PLANTED } });
  const stranger = new HttpClient({ token: `ghk_aaaaaaaaaaaaaaaa_${PLANTED}` });
  await stranger.post({ jsonrpc: "2.0", id: 1, method: "tools/list" }, { headers: { "x-api-key": PLANTED } });
  await upgrade({ authorization: `Bearer eyJhbGciOiJub25lIn0.${PLANTED}.x`, "cf-connecting-ip": address() });
  await eventually(() => events().includes("traces.dropped"));

  expect(new Set(events())).toEqual(new Set(["call.finished", "door.refused", "traces.dropped"]));
  const said = lines.join("\n");
  const secrets = [
    PLANTED,
    key.token,
    key.token.slice(21),
    COLLECTOR_TOKEN,
    env.KEY_PEPPER,
    env.UPSTASH_REDIS_REST_TOKEN,
    env.DATABASE_URL,
    z.object({ d: z.string() }).parse(JSON.parse(env.PROXY_SIGNING_KEY)).d,
    "storefront",
  ];
  expect(secrets.filter((secret) => said.includes(secret))).toEqual([]);
});

it("has a line for a call that failed, by which it is found in the audit log and in its trace", async () => {
  const agent = await connectWith(await issueKey(["observer"]));
  await breakdown({ cluster: "down" });

  await agent.call("k8s.list_pods", { namespace: "shop", _meta: { traceparent } });

  const line = lines.map((text) => Line.parse(JSON.parse(text))).find(({ event }) => event === "call.finished");
  const [row] = await agent.journal();
  expect(line).toEqual({
    level: "warn",
    event: "call.finished",
    call_id: row?.record.call_id,
    tool: "k8s.list_pods",
    cluster: "demo",
    outcome: "failed",
    reason: "upstream_unavailable",
    duration_ms: expect.any(Number),
    session_id: agent.sessionId,
    trace_id: "4bf92f3577b34da6a3ce929d0e0e4736",
  });
});
