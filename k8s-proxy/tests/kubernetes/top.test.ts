// Usage: from metrics-server, beside requests and limits, and in plain words where there is none to be had.
import { describe, expect, it } from "vitest";
import { ROUTES } from "../../src/contract/index.ts";
import { top } from "../../src/kubernetes/top.ts";
import { json } from "../api-server.ts";
import { recordedItems } from "../recorded.ts";
import { testPrometheus } from "../prometheus/backend.ts";
import { list, playback, testCluster } from "./cluster.ts";

import type { Paths, TestCluster, TestClusterOptions } from "./cluster.ts";

const METRICS = "/apis/metrics.k8s.io/v1beta1";
const SHOP = `${METRICS}/namespaces/shop/pods`;

let cluster: TestCluster;

async function answer(paths: Paths, asked: object, options: TestClusterOptions = {}) {
  cluster = await testCluster(paths, options);
  return top(ROUTES.top.request.parse(asked), cluster.reading);
}

async function ask(paths: Paths, asked: object, options: TestClusterOptions = {}) {
  const answered = await answer(paths, asked, options);
  if (!answered.ok) throw new Error(answered.error.message);
  return ROUTES.top.data.parse(answered.value);
}

const metrics = (name: string, ...containers: readonly (readonly [cpu: string, memory: string])[]) => ({
  metadata: { name, namespace: "shop" },
  window: "15s",
  containers: containers.map(([cpu, memory], index) => ({ name: `c${String(index)}`, usage: { cpu, memory } })),
});
const spec = (...resources: readonly object[]) =>
  json({
    metadata: { name: "x" },
    spec: { containers: resources.map((one, index) => ({ name: `c${String(index)}`, resources: one })) },
  });

const PODS = { target: "pods", namespace: "shop" };

describe("what pods use", () => {
  it("is told of the recorded ones, the largest first, in the units of kubectl top", async () => {
    const web = recordedItems("lists/pods-shop").find((pod) => JSON.stringify(pod).includes('"web-5b457f48d9-t8h4w"'));
    const paths = {
      [SHOP]: playback("metrics/pods-shop"),
      "/api/v1/namespaces/shop/pods/web-5b457f48d9-t8h4w": json(web),
    };

    const { usage, total, source } = await ask(paths, { ...PODS, limit: 2 });

    expect([total, source, usage.length]).toEqual([11, "metrics-server", 2]);
    expect(usage[0]).toEqual({
      namespace: "shop",
      name: "web-5b457f48d9-t8h4w",
      cpu_m: 3,
      mem_mib: 1,
      cpu_request_pct: expect.any(Number),
      mem_request_pct: expect.any(Number),
      mem_limit_pct: expect.any(Number),
      containers: [
        expect.objectContaining({ name: "sidecar", cpu_m: 0 }),
        expect.objectContaining({ name: "web", cpu_m: 3 }),
      ],
      window_s: 15,
    });
  });

  it("is compared with requests and limits, container by container", async () => {
    const paths = {
      [SHOP]: list([metrics("x", ["250m", "64Mi"], ["500m", "64Mi"])]),
      "/api/v1/namespaces/shop/pods/x": spec(
        { requests: { cpu: "500m", memory: "128Mi" }, limits: { memory: "128Mi" } },
        { requests: { cpu: "1" }, limits: { memory: "128Mi" } },
      ),
    };

    expect((await ask(paths, PODS)).usage).toEqual([
      {
        namespace: "shop",
        name: "x",
        cpu_m: 750,
        mem_mib: 128,
        cpu_request_pct: 50,
        mem_limit_pct: 50,
        containers: [
          { name: "c0", cpu_m: 250, mem_mib: 64, cpu_request_pct: 50, mem_request_pct: 50, mem_limit_pct: 50 },
          { name: "c1", cpu_m: 500, mem_mib: 64, cpu_request_pct: 50, mem_limit_pct: 50 },
        ],
        window_s: 15,
      },
    ]);
  });

  it.each([
    ["cpu", ["b", "a"]],
    ["memory", ["a", "b"]],
  ])("is sorted by %s", async (sort, names) => {
    const paths = { [SHOP]: list([metrics("a", ["1m", "2Gi"]), metrics("b", ["2", "1Gi"])]) };

    expect((await ask(paths, { ...PODS, sort })).usage.map(({ name }) => name)).toEqual(names);
  });

  it("is told without shares where the pods cannot be read, and the answer says so", async () => {
    const { usage } = await ask({ [SHOP]: list([metrics("a", ["1m", "1Mi"])]) }, PODS);

    expect(usage).toEqual([{ namespace: "shop", name: "a", cpu_m: 1, mem_mib: 1, window_s: 15 }]);
    expect(cluster.warnings).toEqual([expect.stringContaining("Shares of requests and limits are left out")]);
  });

  it("is selected by labels, and of the whole cluster where no namespace is named", async () => {
    await ask({ [`${METRICS}/pods`]: list([]) }, { target: "pods", label_selector: "app in (web, api)" });

    expect(cluster.asked).toEqual([`${METRICS}/pods?limit=500&labelSelector=app in (web, api)`]);
  });

  it("is of the namespaces within reach where not all are", async () => {
    const paths = { "/api/v1/namespaces": playback("lists/namespaces"), [SHOP]: list([]) };

    await ask(paths, { target: "pods" }, { granted: ["shop"] });

    expect(cluster.asked.map((path) => path.split("?")[0])).toEqual(["/api/v1/namespaces", SHOP]);
  });
});

describe("what nodes use", () => {
  const paths = { [`${METRICS}/nodes`]: playback("metrics/nodes"), "/api/v1/nodes": playback("lists/nodes") };

  it("is told of what can be allocated", async () => {
    expect(await ask(paths, { target: "nodes" })).toEqual({
      usage: [{ name: "node-1", cpu_m: 536, mem_mib: 1_658, cpu_pct: 27, mem_pct: 7, window_s: 20 }],
      total: 1,
      source: "metrics-server",
    });
  });

  it("is told without shares where nodes may not be read", async () => {
    const { usage } = await ask(
      { ...paths, "/api/v1/nodes": playback("errors/403-reader-all-namespaces") },
      { target: "nodes" },
    );

    expect(usage).toEqual([{ name: "node-1", cpu_m: 536, mem_mib: 1_658, window_s: 20 }]);
    expect(cluster.warnings).toHaveLength(1);
  });

  it("is refused to a caller who may not see the whole cluster, in words that say what works", async () => {
    expect(await answer(paths, { target: "nodes" }, { granted: ["shop"] })).toMatchObject({
      error: { reason: "namespace_not_allowed", message: expect.stringContaining("Ask for target pods") },
    });
    expect(cluster.asked).toEqual([]);
  });
});

describe("a cluster without usage", () => {
  it.each([
    ["that nobody measures", "errors/404-metrics-api-not-installed", "not_offered", "no metrics-server"],
    ["whose metrics-server is down", "errors/503-aggregated-api-down", "cluster_unavailable", "installed but down"],
    [
      "that the account may not read",
      "errors/403-reader-other-namespace",
      "cluster_forbids",
      "does not let the proxy read",
    ],
  ])("%s says so", async (_, recording, reason, words) => {
    const failed = { error: { reason, message: expect.stringContaining(words) } };

    expect(await answer({ [SHOP]: playback(recording) }, PODS)).toMatchObject(failed);
    expect(await answer({ [`${METRICS}/nodes`]: playback(recording) }, { target: "nodes" })).toMatchObject(failed);
  });

  it("of which one namespace only answers tells that one", async () => {
    const paths = {
      "/api/v1/namespaces": list([{ metadata: { name: "shop" } }, { metadata: { name: "pay" } }]),
      [SHOP]: list([metrics("a", ["1m", "1Mi"])]),
      [`${METRICS}/namespaces/pay/pods`]: playback("errors/403-reader-other-namespace"),
    };

    const { total } = await ask(paths, { target: "pods" }, { granted: ["shop", "pay"] });

    expect(total).toBe(1);
    expect(cluster.warnings[0]).toMatch(/^Namespace pay is left out/);
  });
});

describe("where metrics-server has no answer", () => {
  const series = (metric: object, value: string) => ({ metric, value: [1_763_863_886, value] });
  const labels = (pod: string, container: string) => ({ namespace: "shop", pod, container });
  const vector = (...result: object[]) => json({ status: "success", data: { resultType: "vector", result } });
  const CPU = [
    series(labels("a", "app"), "0.25"),
    series(labels("b", "app"), "0.5"),
    series(labels("b", "proxy"), "NaN"),
  ];
  const MEMORY = [series(labels("a", "app"), "67108864"), series(labels("new", "app"), "1048576")];

  const LIMITED = json({
    metadata: { name: "a" },
    spec: { containers: [{ name: "app", resources: { limits: { cpu: "1" } } }] },
  });

  async function collected(asked: object, paths: Paths, options: TestClusterOptions = {}) {
    const metrics = await testPrometheus({
      "/api/v1/query": (response, request) => {
        const isCpu = metrics.asked.at(-1)?.includes("container_cpu_usage_seconds_total");
        (isCpu ? vector(...CPU) : vector(...MEMORY))(response, request);
      },
    });
    cluster = await testCluster(paths, options);
    const reading = { ...cluster.reading, prometheus: metrics.reading.prometheus };
    return { metrics, answer: await top(ROUTES.top.request.parse(asked), reading) };
  }

  it.each(["errors/404-metrics-api-not-installed", "errors/503-aggregated-api-down"])(
    "what Prometheus collected is told, and that it is Prometheus': %s",
    async (recording) => {
      const paths = { [SHOP]: playback(recording), "/api/v1/namespaces/shop/pods/a": LIMITED };

      const { answer } = await collected(PODS, paths);

      expect(answer).toEqual({
        ok: true,
        value: {
          usage: [
            { namespace: "shop", name: "b", cpu_m: 500, mem_mib: 0, window_s: 300 },
            { namespace: "shop", name: "a", cpu_m: 250, cpu_limit_pct: 25, mem_mib: 64, window_s: 300 },
            // Too young for a rate.
            { namespace: "shop", name: "new", cpu_m: 0, mem_mib: 1, window_s: 300 },
          ],
          total: 3,
          source: "prometheus",
        },
      });
      expect(cluster.warnings).toEqual([expect.stringContaining("These figures are Prometheus'")]);
    },
  );

  it("Prometheus is asked for the namespaces within reach and no other", async () => {
    const namespaces = list([
      { metadata: { name: "shop" } },
      { metadata: { name: "shop-eu" } },
      { metadata: { name: "pay" } },
    ]);

    const { metrics } = await collected(
      { target: "pods" },
      { "/api/v1/namespaces": namespaces },
      { granted: ["shop*"] },
    );

    expect(metrics.asked).toHaveLength(2);
    for (const asked of metrics.asked) expect(asked).toContain('namespace=~"shop|shop-eu"}');
  });

  it("pods chosen by labels are looked up, because Prometheus does not know them", async () => {
    const chosen = list([{ metadata: { namespace: "shop", name: "a" } }]);

    const { answer } = await collected(
      { ...PODS, label_selector: "app=a" },
      { "/api/v1/namespaces/shop/pods": chosen },
    );

    expect(answer).toMatchObject({ value: { usage: [{ name: "a" }], total: 1 } });
    expect(cluster.asked).toContain("/api/v1/namespaces/shop/pods?limit=500&labelSelector=app=a");
  });

  it("and Prometheus has none either, the cluster's own refusal stands", async () => {
    const metrics = await testPrometheus({});
    cluster = await testCluster({});

    const reading = { ...cluster.reading, prometheus: metrics.reading.prometheus };

    expect(await top(ROUTES.top.request.parse(PODS), reading)).toMatchObject({ error: { reason: "not_offered" } });
  });

  it("Prometheus is not asked when the refusal is about rights", async () => {
    const { metrics, answer } = await collected(PODS, { [SHOP]: playback("errors/403-reader-other-namespace") });

    expect([answer.ok, metrics.asked]).toEqual([false, []]);
  });
});
