// The stand-in does what follows from a change: a bad release is rolled back and serves again, a bad restart gets stuck, and
// whoever watches sees it happen.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { sourceOf } from "../../dev/cluster/prometheus/source.ts";
import { startCluster } from "../../dev/cluster/server.ts";
import { jsonLines, ROUTES } from "../src/contract/index.ts";
import { testProxy } from "./proxy-app.ts";
import { DEPLOYMENTS, items, JSON_PATCH, PODS, send, STRATEGIC } from "./stand-in-client.ts";
import { NOW } from "./worker-side.ts";

import type { RunningCluster } from "../../dev/cluster/server.ts";

const SETS = "/apis/apps/v1/namespaces/shop/replicasets";
const RECOMMENDER = `${DEPLOYMENTS}/recommender`;
const RESTART = {
  spec: { template: { metadata: { annotations: { "kubectl.kubernetes.io/restartedAt": "2026-11-23T02:11:26Z" } } } },
};
/** More than any rollout here needs. */
const A_WHILE_MS = 3_000;

let cluster: RunningCluster;
beforeEach(async () => void (cluster = await startCluster({ port: 0, now: NOW })));
afterEach(() => cluster.close());

const Pod = z.looseObject({
  metadata: z.looseObject({ name: z.string(), deletionTimestamp: z.string().optional() }),
  status: z.looseObject({ conditions: z.array(z.looseObject({ type: z.string(), status: z.string() })).default([]) }),
});
const podOf = (value: unknown) => {
  const { metadata, status } = Pod.parse(value);
  const isReady = status.conditions.some(({ type, status: is }) => type === "Ready" && is === "True");
  return { name: metadata.name, isReady, isGoing: metadata.deletionTimestamp !== undefined };
};
const podsOf = async (app: string) => (await items(cluster, `${PODS}?labelSelector=app%3D${app}`)).map(podOf);
const setOf = (name: string) => name.replace(/-[^-]+$/, "");

/** As `kubectl rollout undo` does it: the template of the former ReplicaSet, without its hash. */
async function rollBack(): Promise<void> {
  const { body } = await send(cluster, `${SETS}/recommender-6d8f7c9b54`);
  const former = z.object({
    template: z.looseObject({ metadata: z.object({ labels: z.record(z.string(), z.string()) }) }),
  });
  const { template } = former.parse(body.spec);
  const { "pod-template-hash": _, ...labels } = template.metadata.labels;
  const value = { ...template, metadata: { labels } };
  const undo = [{ op: "replace", path: "/spec/template", value }];
  expect((await send(cluster, RECOMMENDER, { type: JSON_PATCH, body: undo })).status).toBe(200);
}

describe("a release that is rolled back", () => {
  it("is not noticed at once, as by any controller", async () => {
    await rollBack();

    expect((await send(cluster, RECOMMENDER)).body).toMatchObject({
      metadata: { generation: 3 },
      status: { observedGeneration: 2 },
    });
  });

  it("brings the former pods back, ready, before the failing one goes", async () => {
    await rollBack();
    const seen: string[] = [];
    for (let passedMs = 0; passedMs < 600; passedMs += 20) {
      cluster.pass(20);
      const now = (await podsOf("recommender")).map(
        ({ name, isReady, isGoing }) => `${setOf(name)} ${isReady ? "ready" : "waits"}${isGoing ? " and goes" : ""}`,
      );
      if (seen.at(-1) !== now.join(", ")) seen.push(now.join(", "));
    }

    expect(seen).toEqual([
      "recommender-5b487c55b5 waits",
      "recommender-5b487c55b5 waits, recommender-6d8f7c9b54 waits",
      "recommender-5b487c55b5 waits, recommender-6d8f7c9b54 ready",
      "recommender-5b487c55b5 waits and goes, recommender-6d8f7c9b54 ready",
      "recommender-6d8f7c9b54 ready",
    ]);
  });

  it("is told to be complete, under a revision of its own", async () => {
    await rollBack();
    cluster.pass(A_WHILE_MS);

    expect((await send(cluster, RECOMMENDER)).body).toMatchObject({
      metadata: { annotations: { "deployment.kubernetes.io/revision": "3" } },
      status: {
        observedGeneration: 3,
        replicas: 1,
        updatedReplicas: 1,
        readyReplicas: 1,
        availableReplicas: 1,
        conditions: [
          { type: "Available", status: "True", reason: "MinimumReplicasAvailable" },
          {
            type: "Progressing",
            status: "True",
            reason: "NewReplicaSetAvailable",
            message: 'ReplicaSet "recommender-6d8f7c9b54" has successfully progressed.',
          },
        ],
      },
    });
    expect((await send(cluster, RECOMMENDER)).body.status).not.toHaveProperty("unavailableReplicas");
    expect((await items(cluster, `${SETS}?labelSelector=app%3Drecommender`)).map(({ spec }) => spec)).toMatchObject([
      { replicas: 0 },
      { replicas: 1 },
    ]);
    expect((await send(cluster, `${SETS}/recommender-6d8f7c9b54`)).body.metadata).toMatchObject({
      annotations: { "deployment.kubernetes.io/revision": "3", "deployment.kubernetes.io/revision-history": "1" },
    });
  });

  it("is told in events, and to whoever watches the pods", async () => {
    const from = cluster.objects.version;
    await rollBack();
    cluster.pass(A_WHILE_MS);
    const events = await items(cluster, "/api/v1/namespaces/shop/events");
    const watch = await fetch(`${cluster.url}${PODS}?watch=true&resourceVersion=${from}&timeoutSeconds=1`);

    const lines = z.object({ type: z.string(), object: Pod });
    const told: string[] = [];
    for await (const line of jsonLines(watch.body ?? new ReadableStream<Uint8Array>(), 1_000_000)) {
      const { type, object } = lines.parse(line.ok ? line.value : undefined);
      told.push(`${type} ${setOf(object.metadata.name)}${podOf(object).isReady ? " ready" : ""}`);
    }
    expect(told).toEqual([
      "ADDED recommender-6d8f7c9b54",
      "MODIFIED recommender-6d8f7c9b54",
      "MODIFIED recommender-6d8f7c9b54 ready",
      "MODIFIED recommender-5b487c55b5",
      "DELETED recommender-5b487c55b5",
    ]);
    const news = events.filter(({ metadata }) => Number(metadata.resourceVersion) > from);
    expect(news.map(({ message }) => message)).toEqual(
      expect.arrayContaining([
        "Scaled up replica set recommender-6d8f7c9b54 from 0 to 1",
        "Scaled down replica set recommender-5b487c55b5 from 1 to 0",
        "Deleted pod: recommender-5b487c55b5-zwf57",
        "Stopping container recommender",
      ]),
    );
  });

  it("ends the trouble in the logs and in the metrics, too", async () => {
    const failures = (atMs: number) =>
      sourceOf(cluster)
        .at(atMs)
        .find(({ family, labels }) => family === "http_requests_total" && labels.code === "503")?.value ?? 0;
    const ofRecommender = (family: string) =>
      sourceOf(cluster)
        .at(NOW + 60_000)
        .filter((sample) => sample.family === family && sample.labels.container === "recommender")
        .map(({ value }) => value);
    const rising = failures(NOW + 60_000) - failures(NOW + 30_000);
    await rollBack();
    cluster.pass(60_000);

    const [{ name } = { name: "" }] = await podsOf("recommender");
    const log = await (await fetch(`${cluster.url}${PODS}/${name}/log`)).text();
    const web = await fetch(`${cluster.url}${PODS}/web-5b457f48d9-bknhf/log?container=web&sinceSeconds=50`);

    expect(log).toContain("INFO  recommender 0.7.4 starting, cgroup memory limit 67108864 bytes");
    expect(log.split("\n").length).toBeGreaterThan(20);
    expect(await web.text()).not.toContain("ECONNREFUSED");
    expect(rising).toBeGreaterThan(100);
    expect(failures(NOW + 60_000) - failures(NOW + 30_000)).toBe(0);
    expect(ofRecommender("container_spec_memory_limit_bytes")).toEqual([64 * 1024 ** 2]);
    expect(ofRecommender("container_oom_events_total")).toEqual([]);
    expect(ofRecommender("container_memory_working_set_bytes")[0]).toBeGreaterThan(40 * 1024 ** 2);
  });

  it("leaves nothing for the proxy to find fault with", async () => {
    const proxy = await testProxy({ server: new URL(cluster.url), allowed: ["shop"] });
    const listed = async () => {
      const { pods } = ROUTES.listPods.response.parse(
        await (await proxy.call({ namespace: "shop", limit: 50 })).json(),
      );
      return pods.filter(({ name }) => name.startsWith("recommender"));
    };
    const before = await listed();
    await rollBack();
    cluster.pass(A_WHILE_MS);
    const after = await listed();

    expect(before).toMatchObject([{ status: "CrashLoopBackOff", problem: { reason: "OOMKilled" } }]);
    expect(after).toMatchObject([{ status: "Running", ready: "1/1", restarts: 0 }]);
    expect(after[0]).not.toHaveProperty("problem");
  });

  it("is seen to happen where the clock runs, also by whoever does nothing but watch", async () => {
    const running = await startCluster({ port: 0 });
    const from = running.objects.version;
    const { body } = await send(running, `${SETS}/recommender-6d8f7c9b54`);
    const watch = await fetch(`${running.url}${PODS}?watch=true&resourceVersion=${from}&timeoutSeconds=20`);
    await send(running, RECOMMENDER, {
      type: JSON_PATCH,
      body: [
        { op: "replace", path: "/spec/template", value: z.object({ template: z.unknown() }).parse(body.spec).template },
      ],
    });

    const types: string[] = [];
    for await (const line of jsonLines(watch.body ?? new ReadableStream<Uint8Array>(), 1_000_000)) {
      types.push(z.object({ type: z.string() }).parse(line.ok ? line.value : undefined).type);
      if (types.at(-1) === "DELETED") break;
    }
    await running.close();

    expect(types).toEqual(["ADDED", "MODIFIED", "MODIFIED", "MODIFIED", "DELETED"]);
  });
});

describe("a restart", () => {
  it("replaces all pods of a healthy deployment, never with fewer than wanted", async () => {
    const before = (await podsOf("web")).map(({ name }) => name);
    await send(cluster, `${DEPLOYMENTS}/web`, { type: STRATEGIC, body: RESTART });
    const ready: number[] = [];
    for (let passedMs = 0; passedMs < A_WHILE_MS; passedMs += 20) {
      cluster.pass(20);
      ready.push((await podsOf("web")).filter(({ isReady, isGoing }) => isReady && !isGoing).length);
    }

    const after = await podsOf("web");
    expect(Math.min(...ready)).toBe(3);
    expect(after.map(({ isReady }) => isReady)).toEqual([true, true, true]);
    expect(after.filter(({ name }) => before.includes(name))).toEqual([]);
    expect((await send(cluster, `${DEPLOYMENTS}/web`)).body).toMatchObject({
      metadata: { annotations: { "deployment.kubernetes.io/revision": "2" } },
      status: { updatedReplicas: 3, availableReplicas: 3 },
    });
  });

  it("moves the addresses of its service along", async () => {
    await send(cluster, `${DEPLOYMENTS}/web`, { type: STRATEGIC, body: RESTART });
    cluster.pass(A_WHILE_MS);

    const names = new Set((await podsOf("web")).map(({ name }) => name));
    const slices = await items(cluster, "/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices");
    const Slice = z.looseObject({
      endpoints: z.array(
        z.object({ conditions: z.object({ ready: z.boolean() }), targetRef: z.object({ name: z.string() }) }),
      ),
    });
    const { endpoints } = Slice.parse(slices.find(({ metadata }) => metadata.name === "web-67njb"));
    expect(new Set(endpoints.map(({ targetRef }) => targetRef.name))).toEqual(names);
    expect((await send(cluster, "/api/v1/namespaces/shop/endpoints/web")).body).toMatchObject({
      subsets: [{ addresses: [{}, {}, {}] }],
    });
  });

  it("of what has too little memory is OOM-killed again, and again, until the deployment gives up", async () => {
    await send(cluster, RECOMMENDER, { type: STRATEGIC, body: RESTART });
    cluster.pass(12_000);
    const killed = (await items(cluster, `${PODS}?labelSelector=app%3Drecommender`)).find(
      ({ metadata }) => setOf(metadata.name) !== "recommender-5b487c55b5",
    );
    cluster.pass(600_000);

    expect(killed).toMatchObject({
      status: {
        phase: "Running",
        containerStatuses: [
          {
            ready: false,
            restartCount: 2,
            state: {
              waiting: { reason: "CrashLoopBackOff", message: expect.stringMatching(/^back-off 20s restarting/) },
            },
            lastState: { terminated: { reason: "OOMKilled", exitCode: 137 } },
          },
        ],
      },
    });
    expect((await send(cluster, RECOMMENDER)).body).toMatchObject({
      status: { conditions: [{ status: "False" }, { status: "False", reason: "ProgressDeadlineExceeded" }] },
    });
    expect((await podsOf("recommender")).map(({ isReady }) => isReady)).toEqual([false, false]);
  });

  it("that is stuck can be rolled back", async () => {
    await send(cluster, RECOMMENDER, { type: STRATEGIC, body: RESTART });
    cluster.pass(A_WHILE_MS);
    await rollBack();
    cluster.pass(A_WHILE_MS);

    expect(await podsOf("recommender")).toMatchObject([{ isReady: true }]);
  });

  it("waits while the deployment is paused", async () => {
    await send(cluster, `${DEPLOYMENTS}/web`, { body: { spec: { paused: true } } });
    await send(cluster, `${DEPLOYMENTS}/web`, { type: STRATEGIC, body: RESTART });
    cluster.pass(A_WHILE_MS);
    const paused = (await podsOf("web")).map(({ name }) => setOf(name));
    await send(cluster, `${DEPLOYMENTS}/web`, { body: { spec: { paused: false } } });
    cluster.pass(A_WHILE_MS);

    expect(new Set(paused)).toEqual(new Set(["web-5b457f48d9"]));
    expect((await podsOf("web")).filter(({ name }) => setOf(name) === "web-5b457f48d9")).toEqual([]);
  });
});

describe("scaling", () => {
  it.each([
    [5, 5],
    [1, 1],
    [0, undefined],
  ])("to %i leaves so many pods, ready", async (replicas, ready) => {
    await send(cluster, `${DEPLOYMENTS}/cart/scale`, { body: { spec: { replicas } } });
    cluster.pass(A_WHILE_MS);

    const { status } = z
      .object({ status: z.object({ readyReplicas: z.int().optional() }) })
      .parse((await send(cluster, `${DEPLOYMENTS}/cart`)).body);
    expect((await podsOf("cart")).filter(({ isReady }) => isReady)).toHaveLength(replicas);
    expect(status.readyReplicas).toBe(ready);
  });

  it("beyond the quota is refused to the ReplicaSet, which says so", async () => {
    const batch = "/apis/apps/v1/namespaces/platform/deployments/batch-worker";
    await send(cluster, `${batch}/scale`, { body: { spec: { replicas: 5 } } });
    cluster.pass(A_WHILE_MS);

    expect(await items(cluster, "/api/v1/namespaces/platform/pods?labelSelector=app%3Dbatch-worker")).toHaveLength(2);
    expect((await send(cluster, batch)).body).toMatchObject({ status: { unavailableReplicas: 3 } });
    const events = await items(cluster, "/api/v1/namespaces/platform/events?fieldSelector=reason%3DFailedCreate");
    expect(events.map(({ message }) => message)).toContainEqual(
      expect.stringContaining("requested: requests.cpu=100m, used: requests.cpu=230m, limited: requests.cpu=300m"),
    );
  });

  it("that is only tried makes nothing happen", async () => {
    const { version } = cluster.objects;
    await send(cluster, `${DEPLOYMENTS}/cart/scale?dryRun=All`, { body: { spec: { replicas: 5 } } });
    cluster.pass(A_WHILE_MS);

    expect(cluster.objects.version).toBe(version);
  });
});
