// Every tool that reads a cluster, through the whole stack: two clusters, the first with a Prometheus behind it.

import * as z from "zod";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Agent } from "../../dev/stack/agent.ts";
import { createKey } from "../../dev/stack/api-keys.ts";
import { startStack } from "../../dev/stack/stack.ts";
import { tools } from "../../src/tools/index.ts";
import type { Stack } from "../../dev/stack/stack.ts";

let stack: Stack;
let agent: Agent;

beforeAll(async () => {
  stack = await startStack({
    state: "fresh",
    output: "quiet",
    port: 0,
    clusters: 2,
    postgresUrl: process.env.TEST_POSTGRES_URL,
    redisUrl: process.env.TEST_REDIS_URL,
  });
  agent = await connect("platform-observer");
});
afterAll(async () => {
  await agent.close();
  await stack.stop();
});

async function connect(...roles: string[]): Promise<Agent> {
  const principal = `agent/reads-as-${roles.join("-")}`;
  return Agent.connect(stack.address, await createKey(stack.keys, { principal, kind: "agent", roles, days: 1 }));
}

const POD = { namespace: "shop", name: "recommender-5b487c55b5-zwf57" };
const READINGS: readonly (readonly [tool: string, args: object, key: string])[] = [
  ["k8s.list_pods", { namespace: "shop" }, "pods"],
  ["k8s.list_pods", { namespace: "shop", state: "unhealthy", limit: 3 }, "pods"],
  ["k8s.get_pod", POD, "pod"],
  ["k8s.list_workloads", { namespace: "shop" }, "workloads"],
  ["k8s.get_workload", { namespace: "shop", kind: "Deployment", name: "catalog" }, "workload"],
  ["k8s.list_events", { namespace: "shop", since: "24h" }, "events"],
  ["k8s.list_events", { since: "24h" }, "events"],
  ["k8s.list_nodes", {}, "nodes"],
  ["k8s.list_namespaces", {}, "namespaces"],
  ["k8s.top", { target: "pods", namespace: "shop" }, "usage"],
  ["k8s.list_resources", { resource: "services", namespace: "shop" }, "rows"],
  ["k8s.get_resource", { resource: "services", namespace: "shop", name: "legacy" }, "object"],
  ["k8s.diagnose", { namespace: "shop" }, "findings"],
  ["prom.query_simple", { query: "up" }, "samples"],
  ["prom.query_range", { query: "up", start: "now-15m" }, "series"],
  ["prom.list_metrics", {}, "metrics"],
  ["prom.describe_metric", { metric: "up" }, "metric"],
  ["prom.list_alerts", {}, "alerts"],
  ["prom.list_rules", {}, "rules"],
  ["prom.list_targets", { health: "any" }, "targets"],
  ["prom.status", {}, "version"],
  ["logs.search", { namespace: "shop", since: "1h", limit: 20 }, "lines"],
  ["logs.patterns", { namespace: "shop", since: "1h" }, "templates"],
];

const Answer = z.looseObject({ meta: z.looseObject({ cluster: z.string(), untrusted: z.literal(true) }) });

describe("a reading", () => {
  it("is tried here for every tool that reads a cluster", () => {
    const tried = new Set(READINGS.map(([tool]) => tool));
    const listed = tools.filter(({ isListed }) => isListed);
    const reading = listed.map(({ name }) => name).filter((name) => /^(k8s|prom|logs)\./.test(name));

    expect(reading.filter((name) => !tried.has(name))).toEqual([]);
  });

  it.each(READINGS)("of %s with %j answers %s", async (tool, args, key) => {
    const reply = await agent.request(tool, { ...args, cluster: "demo" });

    expect(reply.error).toBeUndefined();
    expect(Answer.parse(reply.result)).toMatchObject({ [key]: expect.anything(), meta: { cluster: "demo" } });
    expect(Buffer.byteLength(JSON.stringify(reply.result))).toBeLessThanOrEqual(80 * 1024);
  });
});

describe("several clusters", () => {
  it("are offered by name, and one must be chosen", async () => {
    const listed = await agent.request("mcp.tools.list");
    const refused = await agent.request("k8s.list_pods", { namespace: "shop" });

    expect(JSON.stringify(listed.result)).toContain('"enum":["demo","staging"]');
    expect(refused.error).toMatchObject({ code: -32602, message: expect.stringContaining("demo, staging") });
  });

  it("are asked one by one, each with what it has", async () => {
    const pods = await agent.request("k8s.list_pods", { namespace: "shop", cluster: "staging" });
    const metrics = await agent.request("prom.query_simple", { query: "up", cluster: "staging" });

    expect(pods.result).toMatchObject({ meta: { cluster: "staging" } });
    expect(metrics.error).toMatchObject({ code: 40400, message: expect.stringContaining("Prometheus") });
  });

  it("do not take each other's cursors", async () => {
    const args = { namespace: "payments", limit: 5 };
    const first = await agent.request("k8s.list_pods", { ...args, cluster: "demo" });
    const { next_cursor: cursor } = z.looseObject({ next_cursor: z.string() }).parse(Answer.parse(first.result).meta);

    const here = await agent.request("k8s.list_pods", { ...args, cluster: "demo", cursor });
    const there = await agent.request("k8s.list_pods", { ...args, cluster: "staging", cursor });

    expect(here.error).toBeUndefined();
    expect(there.error).toMatchObject({ code: 41001 });
  });
});

describe("a caller whose grant is limited to namespaces", () => {
  let limited: Agent;
  beforeAll(async () => {
    limited = await connect("shop-observer");
  });
  afterAll(() => limited.close());

  it.each<readonly [string, object, number]>([
    ["k8s.list_pods", { namespace: "payments" }, 40300],
    ["k8s.list_events", { namespace: "payments" }, 40300],
    ["k8s.diagnose", { namespace: "payments" }, 40300],
    ["logs.search", { namespace: "payments" }, 40300],
    ["k8s.list_nodes", {}, 40300],
    ["prom.status", {}, 40300],
    ["prom.query_simple", { query: "up" }, -32602],
    ["prom.query_simple", { query: 'up{namespace="payments"}' }, -32602],
    ["prom.query_range", { query: 'up{namespace=~"shop|payments"}' }, -32602],
    ["k8s.list_resources", { resource: "nodes" }, 40300],
  ])("is refused %s with %j", async (tool, args, code) => {
    expect((await limited.request(tool, { ...args, cluster: "demo" })).error).toMatchObject({ code });
  });

  it("sees of all namespaces only its own", async () => {
    const namespaces = await limited.request("k8s.list_namespaces", { cluster: "demo" });
    const events = await limited.request("k8s.list_events", { since: "24h", cluster: "demo" });

    expect(namespaces.result).toMatchObject({ namespaces: [{ name: "shop" }] });
    expect(JSON.stringify(events.result)).not.toMatch(/"namespace":"(?:payments|platform)"/);
  });

  it("may ask for metrics of its namespace", async () => {
    const reply = await limited.request("prom.query_simple", { query: 'up{namespace="shop"}', cluster: "demo" });

    expect(reply.error).toBeUndefined();
  });
});
