// The tools that read a cluster's objects: what each asks of the proxy, how its answer is cut, and who may ask.

import { describe, expect, it } from "vitest";
import { ROUTES } from "k8s-proxy/contract";
import { ok } from "../../../src/result.ts";
import { DEFAULT_RESULT_BYTES } from "../../../src/tool/tool.ts";
import { observed, pod } from "../../support/scripted-clusters.ts";
import { world } from "../../support/world.ts";

const event = (index: number) => ({
  last_seen: "2026-01-15T11:59:00.000Z",
  count: 1,
  type: "Warning",
  reason: "BackOff",
  object: `Pod/web-${String(index)}`,
  message: "x".repeat(400),
});
const node = (index: number, ready = true) => ({
  name: `node-${String(index)}`,
  ready,
  capacity: { cpu_m: 4_000, memory_mib: 8_192, pods: 110 },
  allocatable: { cpu_m: 4_000, memory_mib: 8_192, pods: 110 },
  age_s: 60,
});
const many = <T>(count: number, make: (index: number) => T) => Array.from({ length: count }, (_, index) => make(index));
const container = (name: string, changes: object = {}) => ({
  name,
  image: "registry.example.com/web:1",
  ready: true,
  restarts: 0,
  state: "running",
  ...changes,
});
const detail = (changes: object = {}) => {
  const { owner: _, ...rest } = pod("web-1");
  return { ...rest, conditions: [], containers: [container("app")], ...changes };
};

interface Case {
  readonly tool: string;
  readonly params: object;
  readonly path: string;
  readonly request: object;
  readonly answer: object;
}

const CASES: readonly Case[] = [
  {
    tool: "k8s.get_pod",
    params: { namespace: "shop", name: "web-1" },
    path: ROUTES.getPod.path,
    request: { namespace: "shop", name: "web-1", events: 10 },
    answer: { pod: detail(), events: [event(1)] },
  },
  {
    tool: "k8s.list_events",
    params: { namespace: "shop", type: "Warning" },
    path: ROUTES.listEvents.path,
    request: { namespace: "shop", type: "Warning", since: "1h", group: true, limit: 50 },
    answer: { events: [event(1)], total: 1 },
  },
  {
    tool: "k8s.list_nodes",
    params: {},
    path: ROUTES.listNodes.path,
    request: { only_problems: false },
    answer: { nodes: [node(1)], total: 1, not_ready: 0 },
  },
  {
    tool: "k8s.list_namespaces",
    params: {},
    path: ROUTES.listNamespaces.path,
    request: {},
    answer: { namespaces: [{ name: "shop", pods: 3, problems: 1 }] },
  },
  {
    tool: "k8s.top",
    params: { target: "pods", namespace: "shop" },
    path: ROUTES.top.path,
    request: { target: "pods", namespace: "shop", sort: "cpu", limit: 20 },
    answer: { usage: [{ name: "web-1", cpu_m: 3, mem_mib: 40 }], total: 1, source: "metrics-server" },
  },
];

const ROLE = { roles: ["platform"] } as const;
const asking = (answer: object) => world({ ...ROLE, cluster: () => ok(observed(answer)) });

describe("a reading", () => {
  it.each(CASES)(
    "$tool asks its route with the defaults filled in",
    async ({ tool, params, path, request, answer }) => {
      const { call, asked } = asking(answer);

      const reply = await call(tool, params);

      expect(asked).toMatchObject([{ path, request, caller: { cluster: "prod", tool } }]);
      expect(asked[0]?.request).toEqual(request);
      const {
        total: _total,
        source: _source,
        not_ready: _notReady,
        ...shown
      } = { total: 0, source: "", not_ready: 0, ...answer };
      expect(reply).toMatchObject({
        result: { ...shown, meta: { cluster: "prod", truncated: false, untrusted: true } },
      });
      expect(reply).not.toHaveProperty("result.meta.hint");
    },
  );

  it.each(CASES)("$tool refuses what it does not know", async ({ tool, params, answer }) => {
    const { call, asked } = asking(answer);

    expect(await call(tool, { ...params, url: "https://evil.example.com" })).toMatchObject({ error: { code: -32602 } });
    expect(asked).toEqual([]);
  });
});

describe("an answer too large", () => {
  it.each([
    ["k8s.list_events", { limit: 200 }, { events: many(200, event), total: 900 }, /limit: \d+, or type: Warning/],
    ["k8s.list_nodes", {}, { nodes: many(400, node), total: 400, not_ready: 0 }, /with only_problems or a label/],
    ["k8s.list_namespaces", {}, { namespaces: many(2_000, (n) => ({ name: `shop-${String(n)}` })) }, /by its name/],
    [
      "k8s.top",
      { target: "pods", limit: 100 },
      {
        usage: many(100, (n) => ({ name: `${"p".repeat(400)}${String(n)}`, cpu_m: 1, mem_mib: 1 })),
        total: 100,
        source: "prometheus",
      },
      /limit: \d+, or a namespace/,
    ],
  ])("of %s is cut to whole items, told, and hints at a call that works", async (tool, params, answer, hint) => {
    const reply = await asking(answer).call(tool, params);

    expect(JSON.stringify(reply).length).toBeLessThanOrEqual(DEFAULT_RESULT_BYTES + 100);
    expect(reply).toMatchObject({
      result: { meta: { truncated: true, total: expect.any(Number), hint: expect.stringMatching(hint) } },
    });
  });

  it("of k8s.list_namespaces keeps those in trouble", async () => {
    const namespaces = [
      ...many(2_000, (n) => ({ name: `shop-${String(n)}`, problems: 0 })),
      { name: "z", problems: 3 },
    ];

    expect(await asking({ namespaces }).call("k8s.list_namespaces", {})).toMatchObject({
      result: { namespaces: expect.arrayContaining([{ name: "z", problems: 3 }]) },
    });
  });

  it("of k8s.list_nodes counts those in trouble where only they were asked for", async () => {
    const answer = { nodes: [node(1, false)], total: 80, not_ready: 1 };

    expect(await asking(answer).call("k8s.list_nodes", { only_problems: true })).toMatchObject({
      result: { meta: { total: 1, not_ready: 1, truncated: false } },
    });
  });

  it("of k8s.get_pod loses its surroundings first and says what", async () => {
    const env = many(300, (n) => `A_VARIABLE_WITH_A_LONG_NAME_${String(n)}`);
    const containers = many(4, (n) => container(`c${String(n)}`, { env, ready: n !== 3 }));

    const reply = await asking({ pod: detail({ containers }), events: many(50, event) }).call("k8s.get_pod", {
      namespace: "shop",
      name: "web-1",
      events: 50,
    });

    expect(JSON.stringify(reply).length).toBeLessThanOrEqual(DEFAULT_RESULT_BYTES + 100);
    expect(reply).toMatchObject({
      result: {
        pod: { containers: [{ name: "c3" }, { name: "c0" }, { name: "c1" }, { name: "c2" }] },
        meta: { truncated: true, hint: expect.stringContaining("surroundings of containers are left out") },
      },
    });
    expect(reply).not.toHaveProperty("result.pod.containers.0.env");
  });

  it("of k8s.get_pod loses containers next, those in trouble last, and counts them", async () => {
    const containers = many(200, (n) => container(`c${String(n)}`, { image: "i".repeat(300), ready: n !== 199 }));

    const reply = await asking({ pod: detail({ containers }), events: [] }).call("k8s.get_pod", {
      namespace: "shop",
      name: "web-1",
    });

    expect(JSON.stringify(reply).length).toBeLessThanOrEqual(DEFAULT_RESULT_BYTES);
    expect(reply).toMatchObject({
      result: {
        pod: { containers: expect.arrayContaining([expect.objectContaining({ name: "c199" })]) },
        meta: { truncated: true, hint: expect.stringMatching(/and 1\d\d containers are left out/) },
      },
    });
  });

  it("of k8s.get_pod for its events says how to ask for fewer", async () => {
    const reply = await asking({
      pod: detail(),
      events: many(50, (n) => ({ ...event(n), message: "x".repeat(900) })),
    }).call("k8s.get_pod", { namespace: "shop", name: "web-1", events: 50 });

    expect(reply).toMatchObject({
      result: { meta: { truncated: true, hint: expect.stringMatching(/ask with events: \d+, or k8s.list_events/) } },
    });
  });
});

describe("who may ask", () => {
  it.each([
    ["k8s.list_events", {}, ["shop", "shop-*"]],
    ["k8s.list_namespaces", {}, ["shop", "shop-*"]],
    ["k8s.top", { target: "pods" }, ["shop", "shop-*"]],
    ["k8s.list_events", { namespace: "shop-eu" }, ["shop-eu"]],
  ])("%s %j is asked within the caller's namespaces: %j", async (tool, params, namespaces) => {
    const { call, asked } = world({ roles: ["shop-observer"] });

    await call(tool, params);

    expect(asked).toMatchObject([{ caller: { namespaces } }]);
  });

  it.each([
    ["k8s.list_events", { namespace: "payments" }],
    ["k8s.top", { target: "pods", namespace: "payments" }],
    ["k8s.get_pod", { namespace: "payments", name: "api" }],
    ["k8s.list_nodes", {}],
  ])("%s %j is refused to those it is closed to, before the cluster is asked", async (tool, params) => {
    const { call, asked } = world({ roles: ["shop-observer"] });

    expect(await call(tool, params)).toMatchObject({ error: { code: 40300 } });
    expect(asked).toEqual([]);
  });
});
