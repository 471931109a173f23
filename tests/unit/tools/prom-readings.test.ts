import { ROUTES } from "k8s-proxy/contract";
import * as z from "zod";
import { describe, expect, it } from "vitest";
import { err, ok } from "../../../src/result.ts";
import { observed } from "../../support/scripted-clusters.ts";
import { world } from "../../support/world.ts";
import type { WorldOptions } from "../../support/world.ts";

const answering = (data: object, more: WorldOptions = {}) =>
  world({ cluster: () => ok(observed(data)), roles: ["platform"], ...more });

const Page = z.object({ result: z.object({ meta: z.object({ next_cursor: z.string() }) }) });
const STATS = { first: 1, last: 1, min: 1, max: 1, avg: 1, p95: 1, n: 1, gaps: 0 };
const RANGE = {
  start: "2026-01-15T11:00:00.000Z",
  end: "2026-01-15T12:00:00.000Z",
  step_s: 60,
  mode: "stats",
  series: [{ labels: { a: "b" }, stats: STATS }],
  total_series: 1,
};
const LABEL = { name: "job", values_count: 2, sample: ["a", "b"] };

/** What each tool is asked, which route it asks, and what it makes of the answer. */
const TABLE = [
  [
    "prom.query_range",
    { query: "up" },
    ROUTES.queryMetricsRange.path,
    RANGE,
    { series: [{ labels: { a: "b" } }], step_s: 60, total_series: 1 },
  ],
  [
    "prom.list_metrics",
    { prefix: "a" },
    ROUTES.listMetrics.path,
    { metrics: [{ name: "a" }], total: 1 },
    { metrics: [{ name: "a" }] },
  ],
  [
    "prom.describe_metric",
    { metric: "up" },
    ROUTES.describeMetric.path,
    { metric: "up", type: "gauge", series: 2, labels: [LABEL], example_queries: ["up"] },
    { metric: { name: "up", type: "gauge", labels: [LABEL] } },
  ],
  [
    "prom.list_alerts",
    {},
    ROUTES.listAlerts.path,
    { alerts: [{ name: "A", state: "firing" }], total: 1 },
    { alerts: [{ name: "A" }] },
  ],
  [
    "prom.list_rules",
    {},
    ROUTES.listRules.path,
    { rules: [{ name: "r", type: "alert", group: "g", query: "up", health: "ok" }], total: 1 },
    { rules: [{ name: "r" }] },
  ],
  [
    "prom.list_targets",
    {},
    ROUTES.listTargets.path,
    { targets: [], pools: [{ pool: "p", up: 1, down: 0, unknown: 0 }], total: 0, hint: "none" },
    { targets: [], pools: [{ up: 1 }], meta: { hint: "none" } },
  ],
  ["prom.status", {}, ROUTES.prometheusStatus.path, { version: "3.12.0", series: 7 }, { version: "3.12.0", series: 7 }],
] as const;

describe("the questions to Prometheus", () => {
  it("are these", () => {
    expect(TABLE).toHaveLength(7);
  });

  it.each(TABLE)("%s asks its route and answers under a name, with meta", async (tool, params, path, data, result) => {
    const { call, asked } = answering(data);

    const reply = await call(tool, params);

    expect(reply).toMatchObject({ result });
    expect(reply).toMatchObject({ result: { meta: { cluster: "prod", took_ms: 4, untrusted: true } } });
    expect(asked).toMatchObject([{ path, caller: { tool, namespaces: ["*"] } }]);
  });

  it.each([
    ["prom.list_targets", {}],
    ["prom.status", {}],
  ])("%s is for those only who may see the whole cluster", async (tool, params) => {
    const { call, asked } = answering({}, { roles: ["shop-observer"] });

    expect(await call(tool, params)).toMatchObject({ error: { code: 40_300 } });
    expect(asked).toEqual([]);
  });

  it("about the server itself needs a permission of its own", async () => {
    expect(await answering({}, { roles: ["observer"] }).call("prom.status", {})).toMatchObject({
      error: { code: 40_300 },
    });
  });

  it("over a span are guarded before they leave", async () => {
    const { call, asked } = answering(RANGE, { roles: ["shop-observer"] });

    expect(await call("prom.query_range", { query: "up" })).toMatchObject({
      error: {
        code: -32_602,
        data: { issues: [{ path: "query", message: expect.stringContaining('namespace="shop"') }] },
      },
    });
    expect(await call("prom.query_range", { query: 'up{namespace="shop"}' })).toMatchObject({
      result: { total_series: 1 },
    });
    expect(asked).toHaveLength(1);
  });

  it("say how a moment is written", async () => {
    expect(await answering(RANGE).call("prom.query_range", { query: "up", start: "tomorrow" })).toMatchObject({
      error: { data: { issues: [{ path: "start", message: expect.stringContaining("now-1h") }] } },
    });
  });

  it("about alerts of a namespace are for those who may see it", async () => {
    const { call, asked } = answering({ alerts: [], total: 0 }, { roles: ["shop-observer"] });

    expect(await call("prom.list_alerts", { namespace: "shop" })).toMatchObject({ result: { alerts: [] } });
    expect(await call("prom.list_alerts", { namespace: "kube-system" })).toMatchObject({ error: { code: 40_300 } });
    expect(asked).toMatchObject([{ caller: { namespaces: ["shop"] } }]);
  });
});

describe("a list of metrics", () => {
  it("in families says how many metrics that is, and that it is not the list of them", async () => {
    const families = [{ prefix: "node_", metrics: 62, examples: ["node_load1"] }];
    const { call } = answering({ metrics: [], families, total: 109, hint: "ask by prefix" });

    expect(await call("prom.list_metrics", {})).toMatchObject({
      result: { metrics: [], families, meta: { returned: 1, total: 109, truncated: true, hint: "ask by prefix" } },
    });
  });

  it("goes on with a cursor", async () => {
    const { call, asked } = answering({ metrics: [{ name: "a" }], total: 2, continue: "YQ" });
    const reply = await call("prom.list_metrics", { prefix: "a" });
    const cursor = Page.parse(reply).result.meta.next_cursor;

    await call("prom.list_metrics", { prefix: "a", cursor });

    expect(asked[1]?.request).toMatchObject({ prefix: "a", continue: "YQ" });
    expect(await call("prom.list_metrics", { prefix: "b", cursor })).toMatchObject({ error: {} });
  });
});

describe("a span with more points than fit", () => {
  it("is cut to whole series, and says how to ask for less", async () => {
    const series = Array.from({ length: 100 }, (_, index) => ({
      labels: { pod: `p${index}` },
      stats: STATS,
      points: Array.from({ length: 120 }, () => 123.45),
    }));
    const { call } = answering({ ...RANGE, mode: "points", series, total_series: 100 });

    const reply = await call("prom.query_range", { query: "up", mode: "points", limit: 100 });

    expect(JSON.stringify(reply).length).toBeLessThan(33_000);
    expect(reply).toMatchObject({
      result: { meta: { truncated: true, total: 100, hint: expect.stringContaining("mode: stats") } },
    });
  });
});

describe("a cluster without Prometheus", () => {
  it("says so in words", async () => {
    const refusal = {
      kind: "proxy_refused",
      error: { reason: "not_offered", message: "This cluster has no Prometheus" },
    } as const;
    const { call } = world({ cluster: () => err(refusal) });

    expect(JSON.stringify(await call("prom.list_rules", {}))).toContain("This cluster has no Prometheus");
  });
});
