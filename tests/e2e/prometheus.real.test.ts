// The questions to Prometheus, asked of a real one: the tools, the proxy's handlers and the guard, with nothing recorded between.

import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import * as z from "zod";
import { throwawayPrometheus } from "../../dev/throwaway/prometheus.ts";
import { checkPromql } from "../../k8s-proxy/src/contract/promql/index.ts";
import { createEgress } from "../../k8s-proxy/src/egress.ts";
import { fail, toProxyError } from "../../k8s-proxy/src/failure.ts";
import { HANDLERS } from "../../k8s-proxy/src/handlers.ts";
import { createInternalApp } from "../../k8s-proxy/src/internal-app.ts";
import { kubernetesApi } from "../../k8s-proxy/src/kubernetes/client.ts";
import { podCounts } from "../../k8s-proxy/src/kubernetes/pod-counts.ts";
import { logTurns } from "../../k8s-proxy/src/logs/log-turns.ts";
import { resourceCatalogue } from "../../k8s-proxy/src/kubernetes/resource-catalogue.ts";
import { proxyMetrics } from "../../k8s-proxy/src/metrics.ts";
import { prometheus } from "../../k8s-proxy/src/prometheus/client.ts";
import { PROMETHEUS } from "../../k8s-proxy/src/prometheus/upstream.ts";
import { reachOf } from "../../k8s-proxy/src/reach.ts";
import { redact } from "../../k8s-proxy/src/redact/redact.ts";
import { listen } from "../../k8s-proxy/src/serve.ts";
import { err, ok } from "../../src/result.ts";
import { observed } from "../support/scripted-clusters.ts";
import { seeded } from "../support/seeded.ts";
import { world } from "../support/world.ts";
import type { Throwaway } from "../../dev/throwaway/server.ts";
import type { Reading } from "../../k8s-proxy/src/reading.ts";
import type { Answered, Asked } from "../support/scripted-clusters.ts";

const RULES = `
groups:
  - name: real
    rules:
      - { alert: TargetDown, expr: up == 0, labels: { severity: critical }, annotations: { summary: "{{ $labels.job }} is down" } }
      - { alert: ShopUp, expr: 'up{namespace="shop"} == 1', labels: { severity: info } }
      - { record: "job:up:sum", expr: sum by (job) (up) }
      - { record: "broken:many", expr: "up * on () group_left () up" }
`;

let server: Throwaway;
let metricsPage: Awaited<ReturnType<typeof listen>>;
let close: () => Promise<unknown>;
let backends: Omit<Reading, "reach" | "signal" | "warn">;

beforeAll(async () => {
  const metrics = proxyMetrics({ version: "0.0.0", cluster: "test" });
  const read_only = { verdict: "proven", namespaces: [], violations: [] } as const;
  const readiness = () => Promise.resolve({ status: "ready" as const, read_only });
  metricsPage = await listen(createInternalApp({ metrics, readiness }), { host: "127.0.0.1", port: 0 });
  server = await throwawayPrometheus({ rules: RULES, jobs: { proxy: `127.0.0.1:${metricsPage.port}` } });

  const now = () => Date.now();
  const sending = { now, random: Math.random, wait: (ms: number) => wait(ms) };
  const at = { server: new URL(server.url), tls: {}, token: () => Promise.resolve(undefined) };
  const api = kubernetesApi(at, sending);
  const client = prometheus(createEgress(at, PROMETHEUS, sending), { now });
  backends = {
    api,
    prometheus: client,
    podCounts: podCounts(),
    logSearches: logTurns(),
    resources: new Set(["services", "databases.ops.example.com"]),
    resourceCatalogue: resourceCatalogue(),
    redact,
    now,
  };
  close = () => Promise.all([api.close(), client.close()]);
  // A rate needs two scrapes, an alert an evaluation.
  const isReady = async () => (await series('count_over_time(up{namespace="shop"}[1m]) >= 3 and on () ALERTS')) === 1;
  await vi.waitUntil(isReady, { timeout: 30_000, interval: 200 });
});
afterAll(async () => {
  await close();
  await server.stop();
  await metricsPage.stop(0);
});

/** As the Worker asks the proxy, without the network between them. */
async function answer({ path, request, caller }: Asked): Promise<Answered> {
  const handler = HANDLERS.find((one) => one.path === path);
  const asked = handler?.parse(request) ?? fail("not_found", path);
  if (!asked.ok) return err({ kind: "proxy_refused", error: toProxyError(asked.error) });
  const warnings: string[] = [];
  const answered = await asked.value.run({
    ...backends,
    reach: reachOf(caller.namespaces, ["*"]),
    signal: caller.signal,
    warn: (text) => warnings.push(text),
  });
  if (!answered.ok) return err({ kind: "proxy_refused", error: toProxyError(answered.error) });
  return ok({ ...observed(answered.value), warnings });
}

const call = (tool: string, params: object, roles = ["platform"]) =>
  world({ cluster: answer, roles }).call(tool, params);

const Vector = z.object({
  data: z.object({ result: z.array(z.object({ metric: z.record(z.string(), z.string()) })) }),
});

async function raw(query: string) {
  const response = await fetch(`${server.url}/api/v1/query`, { method: "POST", body: new URLSearchParams({ query }) });
  const body: unknown = await response.json();
  return { status: response.status, body };
}

async function series(query: string): Promise<number> {
  return Vector.parse((await raw(query)).body).data.result.length;
}

describe("a real Prometheus", () => {
  it("answers a moment", async () => {
    expect(await call("prom.query_simple", { query: 'sum by (job) (up{job!="dead"}) # now' })).toMatchObject({
      result: {
        type: "vector",
        samples: expect.arrayContaining([{ labels: { job: "shop" }, value: 1, ts: expect.any(Number) }]),
      },
    });
    expect(await call("prom.query_simple", { query: "nothing_of_that_name" })).toMatchObject({
      result: { samples: [], meta: { hint: expect.stringContaining("prom.list_metrics") } },
    });
  });

  it("answers a span, with the gap before it was started", async () => {
    const reply = await call("prom.query_range", { query: 'up{job="shop"}', start: "now-5m", step: "15s" });

    expect(reply).toMatchObject({
      result: {
        mode: "points",
        step_s: 15,
        series: [{ labels: { namespace: "shop" }, stats: { last: 1, gaps: expect.any(Number) } }],
      },
    });
  });

  it("says in its own words what is wrong with a query", async () => {
    const reply = await call("prom.query_simple", { query: "up * on () up" });

    expect(reply).toMatchObject({
      error: { code: -32_602, data: { issues: [{ message: expect.stringContaining("duplicate series") }] } },
    });
  });

  it("lists its metrics, by family, prefix and pattern", async () => {
    expect(await call("prom.list_metrics", {})).toMatchObject({
      result: { families: expect.arrayContaining([expect.objectContaining({ prefix: "prometheus_" })]) },
    });
    expect(await call("prom.list_metrics", { prefix: "prometheus_tsdb_head_s" })).toMatchObject({
      result: {
        metrics: expect.arrayContaining([
          { name: "prometheus_tsdb_head_series", type: "gauge", help: expect.any(String) },
        ]),
      },
    });
    expect(await call("prom.list_metrics", { name_pattern: "^gatehouse_proxy_" })).toMatchObject({
      result: {
        metrics: expect.arrayContaining([
          expect.objectContaining({ name: expect.stringContaining("gatehouse_proxy_") }),
        ]),
      },
    });
  });

  it("describes a metric with queries that it then answers", async () => {
    for (const metric of ["prometheus_http_requests_total", "prometheus_http_request_duration_seconds_bucket", "up"]) {
      const reply = Described.parse(await call("prom.describe_metric", { metric, label: "job" }));

      expect(reply.result.metric.values).toContain("shop");
      for (const query of reply.result.metric.example_queries) {
        expect(await call("prom.query_simple", { query }), query).toMatchObject({ result: { type: "vector" } });
      }
    }
  });

  it("lists its alerts, rules and targets", async () => {
    expect(await call("prom.list_alerts", {})).toMatchObject({
      result: {
        alerts: [
          {
            name: "TargetDown",
            state: "firing",
            labels: { job: "dead" },
            summary: "dead is down",
            rule_query: "up == 0",
          },
          { name: "ShopUp" },
        ],
      },
    });
    expect(await call("prom.list_rules", { health: "err" })).toMatchObject({
      result: { rules: [{ name: "broken:many", last_error: expect.stringContaining("duplicate series") }] },
    });
    const targets = await call("prom.list_targets", {});
    expect(targets).toMatchObject({
      result: { targets: [{ pool: "dead", last_error: expect.stringContaining("refused") }] },
    });
    expect(JSON.stringify(targets)).not.toContain("EXAMPLE-KEY");
  });

  it("says how it is", async () => {
    expect(await call("prom.status", {})).toMatchObject({
      result: {
        version: expect.stringMatching(/^\d+\.\d+/),
        config_reload_ok: true,
        series: expect.any(Number),
        top_metrics: { length: 10 },
      },
    });
  });
});

describe("a caller who may see the shop only", () => {
  const shop = (tool: string, params: object) => call(tool, params, ["shop-observer"]);

  it("sees nothing of another namespace, whatever is asked", async () => {
    const replies = [
      await shop("prom.query_simple", { query: 'count by (namespace) (up{namespace=~"shop|shop-.*"})' }),
      await shop("prom.query_range", { query: 'up{namespace="shop"}', start: "now-1m" }),
      await shop("prom.list_metrics", { prefix: "prometheus_" }),
      await shop("prom.describe_metric", { metric: "up", label: "namespace" }),
      await shop("prom.list_alerts", {}),
      await shop("prom.list_rules", {}),
    ];

    expect(replies).toMatchObject(replies.map(() => ({ result: { meta: {} } })));
    expect(JSON.stringify(replies)).not.toMatch(/platform|gw-1|dead/);
    expect(replies[4]).toMatchObject({ result: { alerts: [{ name: "ShopUp", labels: { namespace: "shop" } }] } });
    expect(replies[5]).toMatchObject({
      result: { rules: [{ name: "ShopUp" }], meta: { warnings: [expect.stringContaining("are left out")] } },
    });
  });

  it("is refused what would reach further", async () => {
    expect(await shop("prom.query_simple", { query: "up" })).toMatchObject({ error: { code: -32_602 } });
    expect(await shop("prom.list_targets", {})).toMatchObject({ error: { code: 40_300 } });
  });
});

describe("the guard and the real parser", () => {
  const WORDS = [
    ...[
      "up",
      "rate(",
      "sum(",
      "sum by (job) (",
      ")",
      "(",
      "{",
      "}",
      "[1m]",
      "[1h:1m]",
      "+",
      "-",
      "and",
      "or",
      "unless",
      "on(job)",
      "offset 1m",
      "@ end()",
    ],
    ...[
      'up{namespace="shop"}',
      "x{namespace='shop'}",
      'namespace="shop"',
      '{namespace=~"shop"}',
      'namespace="platform"',
      '"platform"',
      "up[1m]",
      "1",
      ",",
      "#",
      "\n",
      "\r",
      "\t",
      " ",
    ],
    ...[
      "bool",
      ">",
      "==",
      "topk(3,",
      "absent(",
      "label_replace(",
      '"a"',
      "`b`",
      "'c'",
      "\\",
      "up # c\n",
      "\u00a0",
      "time()",
      "vector(",
    ],
  ];
  const scrambled = (random: (bound: number) => number) =>
    Array.from({ length: 1 + random(7) }, () => WORDS[random(WORDS.length)] ?? "").join(random(3) === 0 ? "" : " ");

  it("agree: what passes for the shop reads nothing but the shop", async () => {
    const random = seeded(11);
    let answered = 0;
    for (let round = 0; round < 60_000; round += 1) {
      const checked = checkPromql(scrambled(random), { namespaces: ["shop"] });
      if (!checked.ok || checked.value.selectors.length === 0) continue;
      const { status, body } = await raw(checked.value.normalised);
      // What is of the wrong type is refused by Prometheus alone; what both take must stay within.
      answered += Number(status === 200);
      expect(/"namespace":"platform"|"gw-1"/.test(JSON.stringify(body)), checked.value.normalised).toBe(false);
    }
    expect(answered).toBeGreaterThan(100);
  }, 120_000);

  it.each([
    'sum by (pod, namespace) (rate(prometheus_http_requests_total{namespace="shop",code=~"2.."}[5m])) / 3 > bool 0.1',
    'histogram_quantile(0.95, sum by (le) (rate(prometheus_http_request_duration_seconds_bucket{handler!="/"}[1m] offset 5s)))',
    "max_over_time(sum(up)[5m:15s] @ end()) or on () vector(1)",
    'label_replace(up, "a", "$1-\u00e9", "instance", `(.*):.*`)',
    "up * on (job, instance) group_left (version) prometheus_build_info unless ignoring (job) up == 0",
    "topk by (job) (3, -up offset -5s) ^ 2 % 7",
    "sum without () (up) and absent(nothing{a='b'}) # the end",
    "quantile_over_time(0.5, up[1m]) atan2 1e-3 + 0x1F - Inf * NaN",
  ])("agree on what this means: %s", async (query) => {
    const checked = checkPromql(query, { namespaces: "all" });
    const [given, written] = await Promise.all([raw(query), raw(checked.ok ? checked.value.normalised : "")]);

    expect(given.status).toBe(200);
    expect(written.status).toBe(200);
    expect(labelsOf(written.body)).toEqual(labelsOf(given.body));
  });
});

const Described = z.object({
  result: z.object({ metric: z.object({ values: z.array(z.string()), example_queries: z.array(z.string()) }) }),
});

function labelsOf(body: unknown): readonly string[] {
  return Vector.parse(body)
    .data.result.map(({ metric }) => JSON.stringify(metric))
    .toSorted();
}
