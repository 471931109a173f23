// One pod: what is told of it, who made it, what happened to it, and what is never told.
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { ROUTES } from "../../src/contract/index.ts";
import { getPod } from "../../src/kubernetes/get-pod.ts";
import { json } from "../api-server.ts";
import { recordedItems } from "../recorded.ts";
import { playback, testCluster } from "./cluster.ts";

import type { Paths, TestCluster } from "./cluster.ts";

const NAME = "badcmd-66c849556d-4dq4c";
const PAYMENTS = "/api/v1/namespaces/payments";
const POD = `${PAYMENTS}/pods/${NAME}`;
const REPLICA_SET = "/apis/apps/v1/namespaces/payments/replicasets/badcmd-66c849556d";
const UID = "210d9bed-6401-4c25-b6f6-f05fccee8d4c";

let cluster: TestCluster;

async function answer(paths: Paths, asked: object) {
  cluster = await testCluster(paths);
  return getPod(ROUTES.getPod.request.parse({ namespace: "payments", name: NAME, ...asked }), cluster.reading);
}

async function ask(paths: Paths, asked: object = {}) {
  const answered = await answer(paths, asked);
  if (!answered.ok) throw new Error(answered.error.message);
  return ROUTES.getPod.data.parse(answered.value);
}

const Named = z.looseObject({ metadata: z.looseObject({ name: z.string() }) });
const one = (recording: string, name: string) =>
  recordedItems(recording)
    .map((item) => Named.parse(item))
    .find(({ metadata }) => metadata.name.startsWith(name));

const RECORDED: Paths = {
  [POD]: playback("lists/pod-get"),
  [REPLICA_SET]: json(one("lists/replicasets-payments", "badcmd-")),
  [`${PAYMENTS}/events`]: playback("lists/events-payments"),
};

/** The smallest pod there is, and what a test adds to it. */
const pod = (container: object = {}, more: { metadata?: object; spec?: object } = {}) =>
  json({
    metadata: { name: NAME, uid: UID, creationTimestamp: "2026-11-23T02:00:00Z", ...more.metadata },
    spec: { containers: [{ name: "app", image: "a", ...container }], ...more.spec },
    status: { phase: "Running" },
  });

describe("a pod", () => {
  it("is told with everything that explains its state", async () => {
    const { pod } = await ask(RECORDED);

    expect(pod).toMatchObject({
      name: NAME,
      phase: "Running",
      status: "CrashLoopBackOff",
      ready: "0/1",
      restarts: 7,
      node: "node-1",
      owners: ["ReplicaSet/badcmd-66c849556d", "Deployment/badcmd"],
      qos: "Burstable",
      service_account: "default",
      restart_policy: "Always",
      labels: { app: "badcmd", "pod-template-hash": "66c849556d" },
      problem: { reason: "StartError", exit_code: 128, container: "badcmd" },
      tolerations: [
        "node.kubernetes.io/not-ready:NoExecute for 300s",
        "node.kubernetes.io/unreachable:NoExecute for 300s",
      ],
      volumes: ["samples: ConfigMap/log-samples", "kube-api-access-pgxjh: projected"],
    });
    expect(pod).not.toHaveProperty("owner");
    expect(pod.conditions).toContainEqual({
      type: "Ready",
      status: "False",
      reason: "ContainersNotReady",
      message: "containers with unready status: [badcmd]",
      since: "2026-11-23T01:55:10Z",
    });
  });

  it("is told container by container, with the end of the life before", async () => {
    const { pod } = await ask(RECORDED);

    expect(pod.containers).toEqual([
      {
        name: "badcmd",
        image: "registry.example/payments/gateway:2.0.0",
        ready: false,
        restarts: 7,
        state: "waiting",
        reason: "CrashLoopBackOff",
        message: expect.stringContaining("back-off 5m0s restarting failed container=badcmd"),
        last: {
          state: "terminated",
          reason: "StartError",
          message: expect.stringContaining("no such file or directory"),
          exit_code: 128,
          finished_at: "2026-11-23T02:07:09Z",
        },
        mounts: [
          "/samples from samples",
          "/var/run/secrets/kubernetes.io/serviceaccount from kube-api-access-pgxjh (read-only)",
        ],
        requests: { cpu: "5m", memory: "8Mi" },
        limits: { memory: "64Mi" },
      },
    ]);
  });

  it("is told with the names of its variables and never with a value", async () => {
    const web = one("lists/pods-shop", "web-");
    const paths = { "/api/v1/namespaces/shop/pods/web-1": json(web) };

    const { pod } = await ask(paths, { namespace: "shop", name: "web-1", events: 0 });

    expect(JSON.stringify(web)).toContain("fake-example-env-password");
    expect(pod.containers[0]?.env).toEqual(["DB_PASSWORD", "LOG_LEVEL", "POD_IP"]);
    expect(JSON.stringify(pod)).not.toContain("fake-example");
  });

  it.each(["lists/pods-shop", "lists/pods-payments", "lists/pods-platform"])(
    "of the recorded ones is told, whatever state it is in: %s",
    async (recording) => {
      for (const item of recordedItems(recording)) {
        const { pod } = await ask({ [POD]: json(item) }, { events: 0 });
        expect(pod.containers.length).toBeGreaterThan(0);
      }
    },
  );

  it("that is not there is told in words that help", async () => {
    expect(await answer({ [POD]: playback("errors/404-pod") }, {})).toMatchObject({
      error: {
        reason: "not_found",
        message: `There is no pod ${NAME} in namespace payments; k8s.list_pods shows those there are`,
      },
    });
  });
});

describe("a probe", () => {
  it.each([
    [
      { httpGet: { path: "/healthz", port: 8080, scheme: "HTTP" } },
      "http GET :8080/healthz every 10s, timeout 1s, fails after 3",
    ],
    [
      { httpGet: { port: "web", scheme: "HTTPS" }, initialDelaySeconds: 5 },
      "https GET :web/ after 5s every 10s, timeout 1s, fails after 3",
    ],
    [
      { tcpSocket: { port: 5432 }, periodSeconds: 3, timeoutSeconds: 2 },
      "tcp :5432 every 3s, timeout 2s, fails after 3",
    ],
    [{ grpc: { port: 9000 }, failureThreshold: 1 }, "grpc :9000 every 10s, timeout 1s, fails after 1"],
    [
      { exec: { command: ["redis-cli", "-a", "hunter2", "ping"] } },
      "exec redis-cli every 10s, timeout 1s, fails after 3",
    ],
  ])("%j is told as %s", async (livenessProbe, expected) => {
    const { pod: told } = await ask({ [POD]: pod({ livenessProbe }) });

    expect(told.containers[0]?.probes).toEqual({ liveness: expected });
  });

  it("keeps its headers to itself", async () => {
    const httpHeaders = [{ name: "Authorization", value: "Basic aHVudGVyMg==" }];
    const { pod: told } = await ask({ [POD]: pod({ readinessProbe: { httpGet: { port: 80, httpHeaders } } }) });

    expect(JSON.stringify(told)).not.toMatch(/Authorization|aHVudGVyMg/);
  });
});

describe("the surroundings of a container", () => {
  it.each([
    [{ persistentVolumeClaim: { claimName: "data-db-0" } }, "v: PersistentVolumeClaim/data-db-0"],
    [{ secret: { secretName: "vault-token" } }, "v: Secret/vault-token"],
    [{ configMap: { name: "app" } }, "v: ConfigMap/app"],
    [{ hostPath: { path: "/var/log" } }, "v: hostPath//var/log"],
    [{ emptyDir: {} }, "v: emptyDir"],
    [{ csi: { driver: "secrets-store.csi.k8s.io" } }, "v: csi/secrets-store.csi.k8s.io"],
    [{ constructor: { name: "x" } }, "v: constructor"],
    [{}, "v: unknown"],
  ])("has the volume %j as %s", async (source, expected) => {
    const { pod: told } = await ask({ [POD]: pod({}, { spec: { volumes: [{ name: "v", ...source }] } }) });

    expect(told.volumes).toEqual([expected]);
  });

  it("has ports, whole objects turned into variables, and resources", async () => {
    const spec = {
      ports: [
        { name: "http", containerPort: 8080, protocol: "TCP" },
        { containerPort: 53, protocol: "UDP" },
      ],
      envFrom: [{ configMapRef: { name: "app" } }, { secretRef: { name: "db" }, prefix: "DB_" }],
      resources: { limits: { "nvidia.com/gpu": "1" } },
    };

    const { pod: told } = await ask({ [POD]: pod(spec) });

    expect(told.containers[0]).toMatchObject({
      ports: ["http:8080/TCP", "53/UDP"],
      env_from: ["ConfigMap/app", "Secret/db"],
      limits: { "nvidia.com/gpu": "1" },
      state: "unknown",
    });
  });

  it("never has the whole object that kubectl keeps in an annotation", async () => {
    const annotations = {
      "kubectl.kubernetes.io/last-applied-configuration": '{"env":[{"name":"DB","value":"hunter2"}]}',
      description: "a\u202eb",
    };

    const { pod: told } = await ask({ [POD]: pod({}, { metadata: { annotations } }) });

    expect(told.annotations).toEqual({ description: "ab" });
  });
});

describe("who made a pod", () => {
  const owned = (kind: string, name: string) =>
    pod({}, { metadata: { ownerReferences: [{ kind, name, controller: true }] } });

  it.each([
    [
      "a Job of a CronJob",
      "Job",
      {
        [`/apis/batch/v1/namespaces/payments/jobs/x`]: json({
          metadata: { ownerReferences: [{ kind: "CronJob", name: "y", controller: true }] },
        }),
      },
      ["Job/x", "CronJob/y"],
    ],
    ["a StatefulSet, which nobody made", "StatefulSet", {}, ["StatefulSet/x"]],
    ["a ReplicaSet that is gone", "ReplicaSet", {}, ["ReplicaSet/x"]],
    [
      "a ReplicaSet that may not be read",
      "ReplicaSet",
      { "/apis/apps/v1/namespaces/payments/replicasets/x": playback("errors/403-reader-secrets") },
      ["ReplicaSet/x"],
    ],
    ["something with a hostile kind", "constructor", {}, ["constructor/x"]],
  ])("is told for %s", async (_, kind, paths, owners) => {
    const { pod: told } = await ask({ [POD]: owned(kind, "x"), ...paths }, { events: 0 });

    expect(told.owners).toEqual(owners);
  });

  it.each(["../../secrets", "x/y", "X", "a%2fb"])("is not asked for by the name %j, which is no path", async (name) => {
    const { pod: told } = await ask({ [POD]: owned("ReplicaSet", name) }, { events: 0 });

    expect([told.owners?.length, cluster.asked.length]).toEqual([1, 1]);
  });

  it("is left out for a pod that a person made", async () => {
    expect((await ask({ [POD]: pod() })).pod).not.toHaveProperty("owners");
  });
});

describe("the events of a pod", () => {
  it("are selected by its uid, newest first, as many as asked for", async () => {
    const { events } = await ask(RECORDED, { events: 3 });

    const seen = events.map(({ last_seen }) => Date.parse(last_seen));
    expect(events).toHaveLength(3);
    expect(seen).toEqual(seen.toSorted((a, b) => b - a));
    expect(cluster.asked).toContain(`${PAYMENTS}/events?limit=500&fieldSelector=involvedObject.uid=${UID}`);
  });

  it("are not asked for when none are wanted", async () => {
    await ask({ [POD]: playback("lists/pod-get") }, { events: 0 });

    expect(cluster.asked.filter((path) => path.includes("events"))).toEqual([]);
  });

  it("that cannot be read are told to be missing", async () => {
    const { events } = await ask({ ...RECORDED, [`${PAYMENTS}/events`]: playback("errors/403-reader-secrets") });

    expect(events).toEqual([]);
    expect(cluster.warnings).toEqual([expect.stringContaining("events of the pod could not be read")]);
  });
});
