// Pods of the stand-in go and come back: evicted as far as budgets allow, deleted, moved from a node that is emptied to one that
// is not, numbered, or one a node.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { startCluster } from "../../dev/cluster/server.ts";
import { DEPLOYMENTS, items, PODS, send, STRATEGIC } from "./stand-in-client.ts";
import { NOW } from "./worker-side.ts";

import type { RunningCluster } from "../../dev/cluster/server.ts";
import type { Reply } from "./stand-in-client.ts";

const NODE = "/api/v1/nodes/node-1";
const IDLE_NODE = "/api/v1/nodes/node-2";
const ALL_PODS = "/api/v1/pods";
const CACHE = "/apis/apps/v1/namespaces/payments/statefulsets/cache";
const AGENT = "/apis/apps/v1/namespaces/platform/daemonsets/node-agent";
const BUDGETS = "/apis/policy/v1/namespaces/shop/poddisruptionbudgets";
const RESTART = { spec: { template: { metadata: { annotations: { "kubectl.kubernetes.io/restartedAt": "now" } } } } };
const A_WHILE_MS = 3_000;

let cluster: RunningCluster;
beforeEach(async () => void (cluster = await startCluster({ port: 0, now: NOW, nodes: 2 })));
afterEach(() => cluster.close());

const Pod = z.object({
  metadata: z.object({
    name: z.string(),
    namespace: z.string(),
    uid: z.string(),
    labels: z.record(z.string(), z.string()).default({}),
    ownerReferences: z.array(z.object({ kind: z.string() })).default([]),
  }),
  spec: z.object({ nodeName: z.string().optional() }),
  status: z.object({
    phase: z.string(),
    conditions: z.array(z.object({ type: z.string(), status: z.string(), message: z.string().optional() })).default([]),
  }),
});
type Pod = z.output<typeof Pod>;

const podsAt = async (path: string) => (await items(cluster, path)).map((item) => Pod.parse(item));
const isReady = ({ status }: Pod) =>
  status.conditions.some(({ type, status: is }) => type === "Ready" && is === "True");

function evict({ name, namespace }: Pick<Pod["metadata"], "name" | "namespace">): Promise<Reply> {
  const body = { apiVersion: "policy/v1", kind: "Eviction", metadata: { name, namespace } };
  const path = `/api/v1/namespaces/${namespace}/pods/${name}/eviction`;
  return send(cluster, path, { method: "POST", type: "application/json", body });
}

describe("an eviction", () => {
  it("makes its controller put another pod in the place", async () => {
    const [first] = await podsAt(`${PODS}?labelSelector=app%3Dcart`);

    const { status } = await evict({ namespace: "shop", name: first?.metadata.name ?? "" });
    const during = await podsAt(`${PODS}?labelSelector=app%3Dcart`);
    cluster.pass(A_WHILE_MS);

    const after = await podsAt(`${PODS}?labelSelector=app%3Dcart`);
    expect(status).toBe(201);
    expect(during[0]?.status.conditions.at(-1)).toMatchObject({ type: "DisruptionTarget" });
    expect(after.map(isReady)).toEqual([true, true]);
    expect(after.map(({ metadata }) => metadata.uid)).not.toContain(first?.metadata.uid);
  });

  it("of one more than a budget allows is refused until the first is made good", async () => {
    const [first, second] = (await podsAt(`${PODS}?labelSelector=app%3Dcart`)).map(({ metadata }) => metadata);
    const evictSecond = () => evict(second ?? { name: "", namespace: "" });

    await evict(first ?? { name: "", namespace: "" });
    const early = await evictSecond();
    cluster.pass(A_WHILE_MS);
    const late = await evictSecond();

    expect(early).toMatchObject({ status: 429, body: { reason: "TooManyRequests" } });
    expect(early.body.details).toMatchObject({
      causes: [{ message: "The disruption budget cart needs 1 healthy pods and has 1 currently" }],
    });
    expect(late.status).toBe(201);
  });

  it("is counted by the budget's own status, and a larger deployment lets more go", async () => {
    await send(cluster, `${DEPLOYMENTS}/web/scale`, { body: { spec: { replicas: 5 } } });
    cluster.pass(A_WHILE_MS);
    const budget = await send(cluster, `${BUDGETS}/web`);

    const { status } = await evict({ namespace: "shop", name: "web-5b457f48d9-t8h4w" });

    expect(budget.body).toMatchObject({ status: { disruptionsAllowed: 2, currentHealthy: 5, expectedPods: 5 } });
    expect(status).toBe(201);
  });

  it("of a pod that does not serve anyway is refused by no budget", async () => {
    const name = "web-5b457f48d9-t8h4w";
    await send(cluster, `${DEPLOYMENTS}/web/scale`, { body: { spec: { replicas: 4 } } });
    cluster.pass(A_WHILE_MS);
    cluster.happen({ what: "crash", namespace: "shop", pod: name });

    expect((await evict({ namespace: "shop", name })).status).toBe(201);
    expect((await evict({ namespace: "shop", name: "web-5b457f48d9-nz8gz" })).status).toBe(429);
  });
});

describe("a node that is cordoned", () => {
  it("is tainted, says so in an event, and takes no pod any more, however idle", async () => {
    await send(cluster, IDLE_NODE, { type: STRATEGIC, body: { spec: { unschedulable: true } } });
    await send(cluster, `${DEPLOYMENTS}/cart/scale`, { body: { spec: { replicas: 6 } } });
    cluster.pass(A_WHILE_MS);

    const carts = await podsAt(`${PODS}?labelSelector=app%3Dcart`);
    const [event] = await items(cluster, "/api/v1/namespaces/default/events");
    expect((await send(cluster, IDLE_NODE)).body).toMatchObject({
      spec: { unschedulable: true, taints: [{ key: "node.kubernetes.io/unschedulable", effect: "NoSchedule" }] },
    });
    expect(event).toMatchObject({ reason: "NodeNotSchedulable", involvedObject: { kind: "Node", name: "node-2" } });
    expect(carts.map(({ spec }) => spec.nodeName)).toEqual(Array.from({ length: 6 }, () => "node-1"));
  });

  it("and is the only one leaves new pods waiting, until it is uncordoned", async () => {
    const alone = await startCluster({ port: 0, now: NOW });
    const at = async (path: string) => (await items(alone, path)).map((item) => Pod.parse(item));
    await send(alone, NODE, { type: STRATEGIC, body: { spec: { unschedulable: true } } });
    alone.pass(A_WHILE_MS);
    await send(alone, `${PODS}/cart-945b4c9b8-p855k`, { method: "DELETE" });
    alone.pass(A_WHILE_MS);
    const waiting = (await at(`${PODS}?labelSelector=app%3Dcart`)).find((pod) => !isReady(pod));
    await send(alone, NODE, { type: STRATEGIC, body: { spec: { unschedulable: false } } });
    alone.pass(A_WHILE_MS);
    const after = await at(`${PODS}?labelSelector=app%3Dcart`);
    const node = await send(alone, NODE);
    await alone.close();

    expect(waiting).toMatchObject({
      status: { phase: "Pending", conditions: [{ type: "PodScheduled", status: "False" }] },
    });
    expect(waiting?.status.conditions[0]?.message).toMatch(
      /^0\/1 nodes are available: 1 node\(s\) were unschedulable\./,
    );
    expect(after.map(isReady)).toEqual([true, true]);
    expect(node.body.spec).toEqual({});
  });

  it("can be drained, round by round, until only its daemons and what is held are left", async () => {
    await send(cluster, NODE, { type: STRATEGIC, body: { spec: { unschedulable: true } } });
    cluster.pass(A_WHILE_MS);
    const rounds: number[] = [];
    for (let round = 0; round < 3; round++) {
      const here = (await podsAt(`${ALL_PODS}?fieldSelector=spec.nodeName%3Dnode-1`)).filter(
        ({ metadata }) => !metadata.ownerReferences.some(({ kind }) => kind === "DaemonSet"),
      );
      const answers = await Promise.all(here.map(({ metadata }) => evict(metadata)));
      rounds.push(answers.filter(({ status }) => status === 429).length);
      cluster.pass(A_WHILE_MS);
    }

    const left = await podsAt(`${ALL_PODS}?fieldSelector=spec.nodeName%3Dnode-1`);
    const moved = await podsAt(`${PODS}?labelSelector=app%20in%20(cart,catalog)`);
    // All of web are needed, of cart one: the other goes in the second round.
    expect(rounds).toEqual([4, 3, 3]);
    expect(left.map(({ metadata }) => metadata.name).toSorted()).toEqual([
      "node-agent-fjf4f",
      "stuck-delete",
      "stuck-terminating",
      "web-5b457f48d9-bknhf",
      "web-5b457f48d9-nz8gz",
      "web-5b457f48d9-t8h4w",
    ]);
    expect(moved.filter(isReady).map(({ spec }) => spec.nodeName)).toEqual(["node-2", "node-2", "node-2", "node-2"]);
  });
});

describe("a pod that is deleted", () => {
  it.each([
    ["payments", "ledger", "CreateContainerConfigError"],
    ["payments", "worker", "CrashLoopBackOff"],
    ["shop", "images", "ImagePullBackOff"],
    ["shop", "search", "ErrImageNeverPull"],
  ])("comes back in the same trouble: %s/%s", async (namespace, app, reason) => {
    const path = `/api/v1/namespaces/${namespace}/pods?labelSelector=app%3D${app}`;
    const [before] = await podsAt(path);

    await send(cluster, `/api/v1/namespaces/${namespace}/pods/${before?.metadata.name ?? ""}`, { method: "DELETE" });
    cluster.pass(A_WHILE_MS);

    const after = await items(cluster, path);
    expect(after).toMatchObject([{ status: { containerStatuses: [{ state: { waiting: { reason } } }] } }]);
    expect(JSON.stringify(after)).not.toContain(before?.metadata.name);
    expect(JSON.stringify(after)).not.toContain(before?.metadata.uid);
  });

  it("and is nobody's does not come back", async () => {
    await send(cluster, `${PODS}/logs-multi`, { method: "DELETE" });
    cluster.pass(A_WHILE_MS);

    expect((await send(cluster, `${PODS}/logs-multi`)).status).toBe(404);
    expect(await items(cluster, `${PODS}?labelSelector=app%3Dlogs-multi`)).toEqual([]);
  });
});

describe("a StatefulSet", () => {
  const pods = () => podsAt("/api/v1/namespaces/payments/pods?labelSelector=app%3Dcache");

  it("is restarted from the last pod on, one at a time, under the same names", async () => {
    const before = await pods();
    await send(cluster, CACHE, { type: STRATEGIC, body: RESTART });
    const ready: string[] = [];
    for (let passedMs = 0; passedMs < A_WHILE_MS; passedMs += 20) {
      cluster.pass(20);
      ready.push(
        (await pods())
          .filter(isReady)
          .map(({ metadata }) => metadata.name)
          .join(),
      );
    }

    const after = await pods();
    expect(ready.filter((names, at) => names !== ready[at - 1])).toEqual([
      "cache-0,cache-1",
      "cache-0",
      "cache-0,cache-1",
      "cache-1",
      "cache-0,cache-1",
    ]);
    expect(after.map(({ metadata }) => metadata.name)).toEqual(before.map(({ metadata }) => metadata.name));
    expect(after.filter((pod, at) => pod.metadata.uid === before[at]?.metadata.uid)).toEqual([]);
    const { body } = await send(cluster, CACHE);
    const { currentRevision, updateRevision } = z
      .looseObject({ currentRevision: z.string(), updateRevision: z.string() })
      .parse(body.status);
    expect(body).toMatchObject({ status: { updatedReplicas: 2, readyReplicas: 2, observedGeneration: 2 } });
    expect([currentRevision, await revisions()]).toEqual([
      updateRevision,
      { "cache-65557db4fb": 1, [updateRevision]: 2 },
    ]);
  });

  const Revision = z.looseObject({ metadata: z.object({ name: z.string() }), revision: z.int() });
  const revisions = async () => {
    const all = await items(cluster, "/apis/apps/v1/namespaces/payments/controllerrevisions");
    const ours = all.map((one) => Revision.parse(one)).filter(({ metadata }) => metadata.name.startsWith("cache-"));
    return Object.fromEntries(ours.map(({ metadata, revision }) => [metadata.name, revision]));
  };

  it("grows by the next number and shrinks by the last", async () => {
    const scale = (replicas: number) => send(cluster, `${CACHE}/scale`, { body: { spec: { replicas } } });
    await scale(3);
    cluster.pass(A_WHILE_MS);
    const grown = (await pods()).map(({ metadata }) => metadata.name);
    await scale(1);
    cluster.pass(A_WHILE_MS);

    expect(grown).toEqual(["cache-0", "cache-1", "cache-2"]);
    expect((await pods()).map(({ metadata }) => metadata.name)).toEqual(["cache-0"]);
  });
});

describe("a DaemonSet", () => {
  it("is restarted on one node after the other", async () => {
    const pods = () => podsAt("/api/v1/namespaces/platform/pods?labelSelector=app%3Dnode-agent");
    const before = await pods();
    await send(cluster, AGENT, { type: STRATEGIC, body: RESTART });
    const ready: number[] = [];
    for (let passedMs = 0; passedMs < A_WHILE_MS; passedMs += 20) {
      cluster.pass(20);
      ready.push((await pods()).filter(isReady).length);
    }

    const after = await pods();
    expect(Math.min(...ready)).toBe(1);
    expect(after.map(({ spec }) => spec.nodeName).toSorted()).toEqual(["node-1", "node-2"]);
    expect(after.filter(({ metadata }) => before.some((pod) => pod.metadata.uid === metadata.uid))).toEqual([]);
    expect((await send(cluster, AGENT)).body).toMatchObject({ status: { updatedNumberScheduled: 2, numberReady: 2 } });
  });
});
