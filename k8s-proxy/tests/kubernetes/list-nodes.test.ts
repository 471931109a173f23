// Nodes: their conditions, what is on them, and what is told when that cannot be known.
import { describe, expect, it } from "vitest";
import { ROUTES } from "../../src/contract/index.ts";
import { listNodes } from "../../src/kubernetes/list-nodes.ts";
import { list, paged, playback, testCluster } from "./cluster.ts";

import type { Paths, TestCluster } from "./cluster.ts";

let cluster: TestCluster;

async function ask(paths: Paths, asked: object = {}) {
  cluster = await testCluster(paths);
  const answered = await listNodes(ROUTES.listNodes.request.parse(asked), cluster.reading);
  if (!answered.ok) throw new Error(answered.error.message);
  return ROUTES.listNodes.data.parse(answered.value);
}

const condition = (type: string, status: string) => ({
  type,
  status,
  reason: `Kubelet${type}`,
  message: "words\u001b[2K of the kubelet",
  lastTransitionTime: "2026-11-23T02:00:00Z",
});

const node = (
  name: string,
  {
    conditions = [condition("Ready", "True")],
    ...more
  }: { conditions?: object[]; spec?: object; labels?: object } = {},
) => ({
  metadata: { name, creationTimestamp: "2026-11-23T00:15:15Z", labels: more.labels },
  spec: more.spec ?? {},
  status: {
    capacity: { cpu: "4", memory: "8Gi", pods: "110" },
    allocatable: { cpu: "4", memory: "8Gi", pods: "110" },
    conditions,
  },
});

const container = (cpu: string, memory: string, more: object = {}) => ({
  name: "app",
  resources: { requests: { cpu, memory } },
  ...more,
});
const pod = (nodeName: string, containers: object[], initContainers: object[] = []) => ({
  metadata: { name: "p", namespace: "shop" },
  spec: { nodeName, containers, initContainers },
});

describe("the recorded node", () => {
  it("is told in numbers that can be compared", async () => {
    const paths = { "/api/v1/nodes": playback("lists/nodes"), "/api/v1/pods": playback("lists/pods-all-namespaces") };

    expect(await ask(paths)).toEqual({
      nodes: [
        {
          name: "node-1",
          ready: true,
          version: "v1.36.2",
          capacity: { cpu_m: 2_000, memory_mib: 24_106, pods: 110 },
          allocatable: { cpu_m: 2_000, memory_mib: 24_006, pods: 110 },
          requests_pct: { cpu: expect.any(Number), memory: expect.any(Number) },
          pods: expect.any(Number),
          age_s: 6_971,
        },
      ],
      total: 1,
      not_ready: 0,
    });
    expect(cluster.asked).toEqual([
      "/api/v1/nodes?limit=500",
      "/api/v1/pods?limit=500&fieldSelector=spec.nodeName=node-1,status.phase!=Succeeded,status.phase!=Failed",
    ]);
  });
});

describe("a node", () => {
  const one = async (more: Parameters<typeof node>[1]) =>
    (await ask({ "/api/v1/nodes": list([node("a", more)]), "/api/v1/pods": list([]) })).nodes[0];

  it.each([
    ["True", true, undefined],
    ["False", false, "KubeletReady"],
    ["Unknown", false, "KubeletReady"],
  ])("whose Ready is %s is ready: %s", async (status, ready, reason) => {
    const told = await one({ conditions: [condition("Ready", status)] });

    expect([told?.ready, told?.problem?.reason]).toEqual([ready, reason]);
  });

  it("that nobody has reported on is not ready", async () => {
    expect(await one({ conditions: [] })).toMatchObject({
      ready: false,
      problem: { reason: "NodeStatusNeverUpdated" },
    });
  });

  it("under pressure says which, and since when", async () => {
    const conditions = [
      condition("Ready", "True"),
      condition("DiskPressure", "True"),
      condition("PIDPressure", "False"),
    ];

    expect(await one({ conditions })).toMatchObject({
      ready: true,
      pressure: ["DiskPressure"],
      problem: { reason: "KubeletDiskPressure", message: "words of the kubelet", since: "2026-11-23T02:00:00Z" },
    });
  });

  it("that is cordoned and tainted says so, in kubectl's words", async () => {
    const spec = {
      unschedulable: true,
      taints: [
        { key: "gpu", value: "yes", effect: "NoSchedule" },
        { key: "node.kubernetes.io/unschedulable", effect: "NoSchedule" },
      ],
    };

    expect(await one({ spec, labels: { "topology.kubernetes.io/zone": "eu-1a" } })).toMatchObject({
      unschedulable: true,
      taints: ["gpu=yes:NoSchedule", "node.kubernetes.io/unschedulable:NoSchedule"],
      zone: "eu-1a",
    });
  });
});

describe("how full a node is", () => {
  it("is what its pods reserve: those that run together, or the largest init container", async () => {
    const pods = [
      pod("a", [container("500m", "1Gi"), container("500m", "1Gi")]),
      pod("a", [container("100m", "0")], [container("1", "0")]),
      pod("a", [container("500m", "0")], [container("500m", "2Gi", { restartPolicy: "Always" })]),
      pod("a", [{ name: "asks-for-nothing" }]),
    ];

    const { nodes } = await ask({ "/api/v1/nodes": list([node("a")]), "/api/v1/pods": list(pods) });

    expect(nodes[0]).toMatchObject({ pods: 4, requests_pct: { cpu: 75, memory: 50 } });
  });

  it("is asked in one sweep where there are many nodes", async () => {
    const nodes = Array.from({ length: 21 }, (_, index) => node(`n-${String(index)}`));
    const pods = paged(
      Array.from({ length: 600 }, (_, index) => pod(`n-${String(index % 21)}`, [container("10m", "1Mi")])),
    );

    const told = await ask({ "/api/v1/nodes": list(nodes), "/api/v1/pods": pods });

    expect(cluster.asked.slice(1)).toHaveLength(2);
    expect(told.nodes[0]).toMatchObject({ pods: 29, requests_pct: { cpu: 7, memory: 0 } });
  });

  it("is left out where there are too many pods, and the answer says so", async () => {
    const nodes = Array.from({ length: 21 }, (_, index) => node(`n-${String(index)}`));
    const pods = paged(Array.from({ length: 5_001 }, () => pod("n-1", [])));

    const told = await ask({ "/api/v1/nodes": list(nodes), "/api/v1/pods": pods });

    expect(told.nodes[0]).not.toHaveProperty("pods");
    expect(cluster.warnings).toEqual([expect.stringContaining("too many pods")]);
  });

  it("is left out where pods may not be read, and the answer says so", async () => {
    const paths = { "/api/v1/nodes": list([node("a")]), "/api/v1/pods": playback("errors/403-reader-all-namespaces") };

    expect((await ask(paths)).nodes[0]).not.toHaveProperty("requests_pct");
    expect(cluster.warnings).toEqual([expect.stringContaining("pods and requests_pct are left out")]);
  });
});

describe("nodes in trouble", () => {
  const nodes = [
    node("fine"),
    node("gone", { conditions: [condition("Ready", "Unknown")] }),
    node("full", { conditions: [condition("Ready", "True"), condition("MemoryPressure", "True")] }),
    node("cordoned", { spec: { unschedulable: true } }),
  ];

  it("can be had alone, counted among all", async () => {
    const told = await ask({ "/api/v1/nodes": list(nodes), "/api/v1/pods": list([]) }, { only_problems: true });

    expect(told.nodes.map(({ name }) => name)).toEqual(["gone", "full", "cordoned"]);
    expect([told.total, told.not_ready]).toEqual([4, 1]);
  });

  it("are looked for among the first 500, and the answer says when there are more", async () => {
    await ask(
      { "/api/v1/nodes": list(nodes, { continue: "x" }), "/api/v1/pods": list([]) },
      { label_selector: "pool=a" },
    );

    expect(cluster.asked[0]).toBe("/api/v1/nodes?limit=500&labelSelector=pool=a");
    expect(cluster.warnings).toEqual([expect.stringContaining("Only the first 4 nodes")]);
  });
});

it("is refused to a grant that does not cover every namespace, before the cluster is asked", async () => {
  const { reading, asked } = await testCluster({}, { granted: ["shop"] });

  expect(await listNodes({ only_problems: false }, reading)).toMatchObject({
    ok: false,
    error: { reason: "namespace_not_allowed" },
  });
  expect(asked).toEqual([]);
});
