// The workloads of a namespace: how far each has come, in what order, and what is said of those that cannot be read.
import { describe, expect, it } from "vitest";
import { ROUTES } from "../../src/contract/index.ts";
import { listWorkloads } from "../../src/kubernetes/list-workloads.ts";
import { list, playback, testCluster } from "./cluster.ts";

import type { Paths, TestCluster } from "./cluster.ts";

const KINDS = {
  Deployment: "/apis/apps/v1/namespaces/shop/deployments",
  StatefulSet: "/apis/apps/v1/namespaces/shop/statefulsets",
  DaemonSet: "/apis/apps/v1/namespaces/shop/daemonsets",
  Job: "/apis/batch/v1/namespaces/shop/jobs",
  CronJob: "/apis/batch/v1/namespaces/shop/cronjobs",
} as const;
const HPAS = "/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers";
const NOTHING: Paths = Object.fromEntries([...Object.values(KINDS), HPAS].map((path) => [path, list([])]));

const RECORDED: Paths = {
  [KINDS.Deployment]: playback("lists/deployments-shop"),
  [KINDS.StatefulSet]: playback("lists/statefulsets-payments"),
  [KINDS.DaemonSet]: playback("lists/daemonsets-platform"),
  [KINDS.Job]: playback("lists/jobs-payments"),
  [KINDS.CronJob]: playback("lists/cronjobs-payments"),
  [HPAS]: playback("lists/horizontalpodautoscalers-shop"),
};

let cluster: TestCluster;

async function answer(paths: Paths, asked: object = {}) {
  cluster = await testCluster({ ...NOTHING, ...paths });
  return listWorkloads(ROUTES.listWorkloads.request.parse({ namespace: "shop", ...asked }), cluster.reading);
}

async function ask(paths: Paths, asked: object = {}) {
  const answered = await answer(paths, asked);
  if (!answered.ok) throw new Error(answered.error.message);
  return ROUTES.listWorkloads.data.parse(answered.value);
}

const named = async (name: string, paths: Paths = RECORDED) =>
  (await ask(paths)).workloads.find((one) => one.name === name);

describe("a recorded workload", () => {
  it("that is well is told with its numbers, images, release and autoscaler", async () => {
    expect(await named("web")).toEqual({
      kind: "Deployment",
      name: "web",
      desired: 3,
      ready: 3,
      updated: 3,
      available: 3,
      strategy: "RollingUpdate, max surge 25%, max unavailable 25%",
      rollout: { state: "complete" },
      age_s: expect.any(Number),
      images: ["registry.example/shop/web:2.3.1", "registry.example/shop/web-sidecar:1.0.4"],
      helm: { chart: "web-2.3.1", release: "web" },
      hpa: { name: "web", min: 3, max: 6, current: 3, desired: 3 },
    });
  });

  it.each([
    ["catalog", { state: "stuck", reason: expect.stringContaining("has timed out progressing") }],
    ["checkout", { state: "complete" }],
    ["cart", { state: "complete" }],
    ["cache", { state: "complete" }],
    ["node-agent", { state: "complete" }],
    ["settle-broken", { state: "stuck", reason: "BackoffLimitExceeded" }],
    ["settle-daily", { state: "complete" }],
    ["archive", undefined],
  ])("%s has the rollout %j", async (name, rollout) => {
    expect((await named(name))?.rollout).toEqual(rollout);
  });

  it.each([
    ["catalog", "its rollout is stuck"],
    ["checkout", "0 of 1 pods ready"],
    ["db", "0 of 2 pods ready"],
    ["settle-broken", "Job has reached the specified backoff limit"],
    ["cart", undefined],
    ["archive", undefined],
  ])("%s has the problem %j", async (name, problem) => {
    expect((await named(name))?.problem).toBe(problem);
  });

  it("of a schedule has when it ran, and whether it is suspended", async () => {
    expect(await named("reconcile")).toMatchObject({
      schedule: expect.stringContaining("*"),
      active: 0,
      last_scheduled_at: "2026-11-23T02:11:00Z",
      last_succeeded_at: "2026-11-23T02:11:03Z",
    });
    expect(await named("archive")).toMatchObject({ suspended: true, schedule: "0 3 * * * (Etc/UTC)" });
  });
});

const METADATA = { name: "web", generation: 2, creationTimestamp: "2026-11-23T02:00:00Z" };
const TEMPLATE = { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "app", image: "web:1" }] } };
const object = (spec: object, status: object, metadata: object = {}) => ({
  metadata: { ...METADATA, ...metadata },
  spec: { template: TEMPLATE, ...spec },
  status: { observedGeneration: 2, ...status },
});
const OUT = { replicas: 2, updatedReplicas: 2, readyReplicas: 2, availableReplicas: 2 };

describe("a rollout", () => {
  it.each<readonly [keyof typeof KINDS, object, object, object]>([
    ["Deployment", { replicas: 2 }, OUT, { state: "complete" }],
    [
      "Deployment",
      { replicas: 2 },
      { ...OUT, updatedReplicas: 1 },
      { state: "progressing", reason: "1 of 2 pods updated" },
    ],
    [
      "Deployment",
      { replicas: 2 },
      { ...OUT, replicas: 3 },
      { state: "progressing", reason: "1 old pods are still there" },
    ],
    [
      "Deployment",
      { replicas: 2 },
      { ...OUT, availableReplicas: 1 },
      { state: "progressing", reason: "1 of 2 updated pods available" },
    ],
    [
      "Deployment",
      { replicas: 2, paused: true },
      { ...OUT, updatedReplicas: 0 },
      { state: "progressing", reason: "paused" },
    ],
    [
      "Deployment",
      { replicas: 2 },
      { ...OUT, observedGeneration: 1 },
      { state: "progressing", reason: "its controller has not seen the last change yet" },
    ],
    ["StatefulSet", { replicas: 2 }, { ...OUT, currentRevision: "a", updateRevision: "a" }, { state: "complete" }],
    [
      "StatefulSet",
      { replicas: 2 },
      { ...OUT, updatedReplicas: 1, currentRevision: "a", updateRevision: "b" },
      { state: "progressing", reason: "1 of 2 pods updated" },
    ],
    [
      "StatefulSet",
      { replicas: 2, updateStrategy: { type: "RollingUpdate", rollingUpdate: { partition: 1 } } },
      { ...OUT, updatedReplicas: 1, currentRevision: "a", updateRevision: "b" },
      { state: "complete" },
    ],
    [
      "DaemonSet",
      {},
      { desiredNumberScheduled: 3, updatedNumberScheduled: 1 },
      { state: "progressing", reason: "1 of 3 pods updated" },
    ],
    ["Job", {}, { active: 1 }, { state: "progressing" }],
  ])("of a %s with %j and %j is %j", async (kind, spec, status, rollout) => {
    const { workloads } = await ask({ [KINDS[kind]]: list([object(spec, status)]) });

    expect(workloads[0]?.rollout).toEqual(rollout);
  });

  it("whose pods are refused says so in the API server's words", async () => {
    const conditions = [{ type: "ReplicaFailure", status: "True", reason: "FailedCreate", message: "exceeded quota" }];
    const { workloads } = await ask({ [KINDS.Deployment]: list([object({ replicas: 2 }, { conditions })]) });

    expect(workloads[0]?.problem).toBe("exceeded quota");
  });
});

describe("a release of Helm", () => {
  it.each([
    [
      {
        labels: { "helm.sh/chart": "web-1.0", "app.kubernetes.io/instance": "other" },
        annotations: { "meta.helm.sh/release-name": "shop" },
      },
      { chart: "web-1.0", release: "shop" },
    ],
    [
      { labels: { "helm.sh/chart": "web-1.0", "app.kubernetes.io/instance": "shop" } },
      { chart: "web-1.0", release: "shop" },
    ],
    [{ labels: { heritage: "Helm", chart: "web-1.0", release: "shop" } }, { chart: "web-1.0", release: "shop" }],
    [{ labels: { "app.kubernetes.io/instance": "shop" } }, undefined],
  ])("is read from %j", async (metadata, helm) => {
    const { workloads } = await ask({ [KINDS.Deployment]: list([object({}, OUT, metadata)]) });

    expect(workloads[0]?.helm).toEqual(helm);
  });
});

describe("the list of workloads", () => {
  it("has those in trouble first, and only them where that is asked for", async () => {
    const all = await ask(RECORDED);
    const troubled = await ask(RECORDED, { only_problems: true });

    const flags = all.workloads.map(({ problem }) => problem !== undefined);
    expect(flags).toEqual(flags.toSorted((one, other) => Number(other) - Number(one)));
    expect(all.total).toBe(19);
    expect(troubled.workloads).toEqual(all.workloads.filter(({ problem }) => problem !== undefined));
    expect(troubled.total).toBe(troubled.workloads.length);
  });

  it("is cut to its limit and still counts all", async () => {
    const { workloads, total } = await ask(RECORDED, { limit: 2 });

    expect([workloads.length, total]).toEqual([2, 19]);
  });

  it("goes on page by page, and shows each workload once", async () => {
    const whole = await ask(RECORDED);
    const pages: string[] = [];
    let next: string | undefined;
    do {
      const page = await ask(RECORDED, { limit: 7, ...(next !== undefined && { continue: next }) });
      pages.push(...page.workloads.map(({ kind, name }) => `${kind}/${name}`));
      next = page.continue;
    } while (next !== undefined);

    expect(pages).toEqual(whole.workloads.map(({ kind, name }) => `${kind}/${name}`));
  });

  it("refuses to go on where nobody was, before it asks", async () => {
    expect(await answer(RECORDED, { continue: "next" })).toMatchObject({
      ok: false,
      error: { reason: "invalid_request" },
    });
    expect(cluster.asked).toEqual([]);
  });

  it("asks for the kinds that were named alone, and with the selector", async () => {
    await ask(RECORDED, { kinds: ["Job", "Job"], label_selector: "app=web" });

    expect(cluster.asked).toEqual([`${KINDS.Job}?limit=500&labelSelector=app=web`]);
  });

  it("refuses a selector that is none before it asks anything", async () => {
    expect(await answer(RECORDED, { label_selector: "app==" + "=web" })).toMatchObject({
      error: { reason: "invalid_request" },
    });
    expect(cluster.asked).toEqual([]);
  });

  it.each([
    ["may not be read", playback("errors/403-reader-other-namespace")],
    ["the cluster does not have", playback("errors/404-unknown-group")],
  ])("says which kinds %s, and has the others", async (_, reply) => {
    const { workloads } = await ask({ ...RECORDED, [KINDS.Job]: reply, [HPAS]: reply });

    expect(workloads.map(({ kind }) => kind)).not.toContain("Job");
    expect(cluster.warnings).toEqual([
      expect.stringContaining("Autoscalers are left out"),
      expect.stringContaining("jobs are left out"),
    ]);
  });

  it("is refused where no kind may be read, and fails where one cannot be read now", async () => {
    const forbidden = playback("errors/403-reader-other-namespace");
    const every = Object.fromEntries(Object.values(KINDS).map((path) => [path, forbidden]));

    expect(await answer(every)).toMatchObject({ error: { reason: "cluster_forbids" } });
    expect(await answer({ [KINDS.Job]: playback("errors/500-watch-bad-resource-version") })).toMatchObject({
      error: { reason: "cluster_unavailable" },
    });
  });

  it("says when there are more of a kind than were looked at", async () => {
    await ask({ [KINDS.Deployment]: list([object({}, OUT)], { continue: "x" }) });

    expect(cluster.warnings).toEqual(["Only the first 1 deployments were looked at: use a label_selector."]);
  });
});
