// One workload: what is told of it and of what stands around it, and what is never told.
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { ROUTES } from "../../src/contract/index.ts";
import { getWorkload } from "../../src/kubernetes/get-workload.ts";
import { json } from "../api-server.ts";
import { recordedItems } from "../recorded.ts";
import { list, playback, testCluster } from "./cluster.ts";

import type { Paths, TestCluster } from "./cluster.ts";

const SECRET = "hunter2EXAMPLEfake";
const Named = z.looseObject({ metadata: z.looseObject({ name: z.string() }) });
const one = (recording: string, name: string) =>
  json(
    recordedItems(recording)
      .map((item) => Named.parse(item))
      .find(({ metadata }) => metadata.name === name),
  );

const around = (namespace: string): Paths => ({
  [`/apis/apps/v1/namespaces/${namespace}/replicasets`]: playback(`lists/replicasets-${namespace}`),
  [`/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers`]: list([]),
  [`/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets`]: list([]),
  [`/api/v1/namespaces/${namespace}/services`]: playback(`lists/services-${namespace}`),
  [`/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`]: playback(`lists/endpointslices-${namespace}`),
  [`/api/v1/namespaces/${namespace}/pods`]: playback(`lists/pods-${namespace}`),
  [`/api/v1/namespaces/${namespace}/events`]: playback(`lists/events-${namespace}`),
});
const SHOP: Paths = {
  ...around("shop"),
  "/apis/apps/v1/namespaces/shop/deployments/web": one("lists/deployments-shop", "web"),
  "/apis/apps/v1/namespaces/shop/deployments/catalog": one("lists/deployments-shop", "catalog"),
  "/apis/apps/v1/namespaces/shop/deployments/checkout": one("lists/deployments-shop", "checkout"),
  "/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers": playback("lists/horizontalpodautoscalers-shop"),
  "/apis/policy/v1/namespaces/shop/poddisruptionbudgets": playback("lists/poddisruptionbudgets-shop"),
};
const PAYMENTS: Paths = {
  ...around("payments"),
  "/apis/apps/v1/namespaces/payments/statefulsets/cache": one("lists/statefulsets-payments", "cache"),
  "/apis/apps/v1/namespaces/payments/controllerrevisions": playback("lists/controllerrevisions-payments"),
  "/apis/batch/v1/namespaces/payments/cronjobs/reconcile": one("lists/cronjobs-payments", "reconcile"),
  "/apis/batch/v1/namespaces/payments/jobs": playback("lists/jobs-payments"),
  "/apis/batch/v1/namespaces/payments/jobs/settle-broken": one("lists/jobs-payments", "settle-broken"),
};

let cluster: TestCluster;

async function answer(paths: Paths, asked: object) {
  cluster = await testCluster(paths);
  const request = ROUTES.getWorkload.request.parse({ namespace: "shop", kind: "Deployment", name: "web", ...asked });
  return getWorkload(request, cluster.reading);
}

async function ask(paths: Paths, asked: object = {}) {
  const answered = await answer(paths, asked);
  if (!answered.ok) throw new Error(answered.error.message);
  return ROUTES.getWorkload.data.parse(answered.value);
}

describe("a Deployment", () => {
  it("is told with its containers: names of variables, resources and probes, never a value", async () => {
    const answered = await ask(SHOP);

    expect(answered.workload).toMatchObject({
      kind: "Deployment",
      name: "web",
      ready: 3,
      selector: "app=web",
      hpa: { min: 3, max: 6 },
      labels: { "helm.sh/chart": "web-2.3.1" },
      containers: [
        { name: "web", image: "registry.example/shop/web:2.3.1", env: ["DB_PASSWORD", "LOG_LEVEL", "POD_IP"] },
        { name: "sidecar" },
      ],
      conditions: expect.arrayContaining([expect.objectContaining({ type: "Available", status: "True" })]),
    });
    expect(JSON.stringify(answered)).not.toContain("fake-example");
  });

  it("is told with what its revisions changed, the newest first", async () => {
    const { revisions } = await ask(SHOP, { name: "catalog" });

    expect(revisions?.map(({ revision }) => revision)).toEqual([3, 2, 1]);
    expect(revisions?.[0]).toMatchObject({
      replicas: 1,
      changes: expect.arrayContaining([
        "catalog: image registry.example/shop/catalog:5.1.0 → registry.example/shop/catalog:5.2.0-rc1",
      ]),
    });
    expect(revisions?.[2]?.changes).toEqual([]);
  });

  it("is told with the services that lead to it, and how much of them is ready", async () => {
    const web = await ask(SHOP);
    const checkout = await ask(SHOP, { name: "checkout" });

    expect(web.services).toEqual([
      { name: "web", type: "ClusterIP", ports: ["http:80/TCP to http"], endpoints: { ready: 3, total: 3 } },
    ]);
    expect(checkout.services).toMatchObject([{ name: "checkout", endpoints: { ready: 0, total: 1 } }]);
  });

  it("is told with its disruption budget and with no other's", async () => {
    expect((await ask(SHOP)).disruption_budgets).toEqual([
      { name: "web", rule: "min available 3", disruptions_allowed: 0, healthy: 3, expected: 3 },
    ]);
  });

  it("is told with a summary of its pods, looked for by its selector", async () => {
    const { pods } = await ask(SHOP, { name: "checkout" });

    expect(cluster.asked).toContain("/api/v1/namespaces/shop/pods?limit=500&labelSelector=app=checkout");
    expect(pods?.problems?.length).toBeLessThanOrEqual(10);
    expect(pods?.problems).toContainEqual(expect.objectContaining({ name: expect.stringMatching(/^recommender-/) }));
  });

  it("is told with its events and those of its pods, and with nobody else's", async () => {
    const { events } = await ask(
      { ...SHOP, "/api/v1/namespaces/shop/pods": list([]) },
      { name: "checkout", events: 50 },
    );

    expect(events.length).toBeGreaterThan(0);
    expect(events.filter(({ object }) => !/^(Deployment|ReplicaSet|Pod)\/checkout/.test(object))).toEqual([]);
  });

  it("is told without events where none are wanted, and nobody asks for them", async () => {
    const { events } = await ask(SHOP, { events: 0 });

    expect(events).toEqual([]);
    expect(cluster.asked.filter((path) => path.includes("/events"))).toEqual([]);
  });

  it("that is not there is told in words that help", async () => {
    expect(await answer({}, { name: "gone" })).toMatchObject({
      error: {
        reason: "not_found",
        message: "There is no Deployment gone in namespace shop; k8s.list_workloads shows those there are",
      },
    });
  });

  it("is told without what cannot be read, which is named", async () => {
    const forbidden = playback("errors/403-reader-other-namespace");
    const closed = Object.fromEntries(Object.keys(SHOP).map((path) => [path, forbidden]));
    const path = "/apis/apps/v1/namespaces/shop/deployments/web";

    const answered = await ask({ ...closed, [path]: one("lists/deployments-shop", "web") });

    expect(answered).toEqual({ workload: expect.objectContaining({ name: "web" }), events: [] });
    expect(cluster.warnings).toHaveLength(7);
  });
});

describe("what other kinds have", () => {
  it("of a StatefulSet is its revisions, kept as ControllerRevisions", async () => {
    const asked = { namespace: "payments", kind: "StatefulSet", name: "cache" };

    expect((await ask(PAYMENTS, asked)).revisions).toEqual([
      {
        revision: 1,
        created_at: "2026-11-23T01:55:08Z",
        images: ["registry.example/payments/db:16.4"],
        changes: [],
      },
    ]);
  });

  it("of a CronJob is its newest jobs, and the pods of those", async () => {
    const asked = { namespace: "payments", kind: "CronJob", name: "reconcile" };

    const { jobs, revisions, services } = await ask(PAYMENTS, asked);

    expect(jobs?.map(({ name, state }) => [name, state])).toEqual([
      ["reconcile-29923331", "complete"],
      ["reconcile-29923330", "complete"],
    ]);
    expect([revisions, services]).toEqual([undefined, undefined]);
    expect(cluster.asked).toContain(
      "/api/v1/namespaces/payments/pods?limit=500&labelSelector=job-name in (reconcile-29923331,reconcile-29923330)",
    );
  });

  it("of a Job is how it ended", async () => {
    const asked = { namespace: "payments", kind: "Job", name: "settle-broken" };

    expect((await ask(PAYMENTS, asked)).workload).toMatchObject({
      rollout: { state: "stuck", reason: "BackoffLimitExceeded" },
      problem: "Job has reached the specified backoff limit",
    });
  });
});

describe("a service in two address families", () => {
  it("has each pod once among its endpoints", async () => {
    const slice = (family: string) => ({
      metadata: {
        name: family,
        creationTimestamp: "2026-11-23T02:00:00Z",
        labels: { "kubernetes.io/service-name": "web" },
      },
      endpoints: [
        { conditions: { ready: true }, targetRef: { kind: "Pod", name: "web-1" } },
        { conditions: { ready: false }, targetRef: { kind: "Pod", name: "web-2" } },
      ],
    });
    const path = "/apis/discovery.k8s.io/v1/namespaces/shop/endpointslices";

    const { services } = await ask({ ...SHOP, [path]: list([slice("v4"), slice("v6")]) });

    expect(services).toMatchObject([{ endpoints: { ready: 1, total: 2 } }]);
  });
});

describe("secrets in a workload and in its revisions", () => {
  it.each(["Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob"] as const)(
    "do not come out of the readings of a %s",
    async (kind) => {
      const metadata = {
        name: "web",
        creationTimestamp: "2026-11-23T02:00:00Z",
        annotations: {
          "kubectl.kubernetes.io/last-applied-configuration": `{"value":"${SECRET}"}`,
          "kubernetes.io/change-cause": `kubectl set env PASSWORD=${SECRET}`,
        },
        ownerReferences: [{ kind, name: "web", controller: true }],
      };
      const template = (value: string) => ({
        metadata: { annotations: { note: SECRET } },
        spec: {
          containers: [
            {
              name: "app",
              image: "web:1",
              command: ["run", SECRET],
              args: [`--token=${SECRET}`, value],
              env: [
                { name: "PASSWORD", value: SECRET + value },
                { name: "MODE", value },
              ],
              livenessProbe: {
                httpGet: { port: 80, path: `/?password=${SECRET}`, httpHeaders: [{ name: "a", value: SECRET }] },
              },
              readinessProbe: { exec: { command: ["check", SECRET] } },
            },
          ],
        },
      });
      const spec = { selector: { matchLabels: { app: "web" } }, template: template("2") };
      const whole = {
        metadata,
        spec: { ...spec, schedule: "* * * * *", jobTemplate: { spec } },
        status: { conditions: [{ type: "Ready", status: "False", reason: "x", message: `password=${SECRET}` }] },
      };
      const past = {
        metadata,
        spec: { template: template("1") },
        revision: 1,
        data: { spec: { template: template("1") } },
      };
      const now = { ...past, spec, revision: 2, data: { spec } };
      const { group, resource } = {
        Deployment: { group: "apps", resource: "deployments" },
        StatefulSet: { group: "apps", resource: "statefulsets" },
        DaemonSet: { group: "apps", resource: "daemonsets" },
        Job: { group: "batch", resource: "jobs" },
        CronJob: { group: "batch", resource: "cronjobs" },
      }[kind];

      const answered = await ask(
        {
          [`/apis/${group}/v1/namespaces/shop/${resource}/web`]: json(whole),
          "/apis/apps/v1/namespaces/shop/replicasets": list([past, now]),
          "/apis/apps/v1/namespaces/shop/controllerrevisions": list([past, now]),
        },
        { kind },
      );

      expect(JSON.stringify(answered)).not.toContain(SECRET);
      expect(answered.workload.containers[0]?.env).toEqual(["PASSWORD", "MODE"]);
      if (resource.endsWith("sets"))
        expect(answered.revisions?.[0]?.changes).toContain("app: env changed: PASSWORD, MODE");
    },
  );
});
