// What a revision changed against the one before: named as far as it is no secret, and never what a variable holds.
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { ApiDeployment, ApiReplicaSet } from "../../src/kubernetes/api-workload.ts";
import { rolloutHistory } from "../../src/kubernetes/rollout-history.ts";
import { recordedItems } from "../recorded.ts";

const DEPLOYMENT = { metadata: { name: "web" } };
const OWNERS = [{ kind: "Deployment", name: "web", controller: true }];
const SECRET = "hunter2EXAMPLEfake";

const replicaSet = (revision: number, container: object, spec: object = {}) => ({
  metadata: {
    name: `web-${revision}`,
    creationTimestamp: `2026-11-23T0${revision}:00:00Z`,
    annotations: { "deployment.kubernetes.io/revision": String(revision) },
    ownerReferences: OWNERS,
  },
  spec: { template: { spec: { containers: [{ name: "app", image: "web:1", ...container }], ...spec } } },
  status: { replicas: revision },
});

function history(...replicaSets: object[]) {
  const deployment = ApiDeployment.shape.metadata.parse({
    ...DEPLOYMENT.metadata,
    creationTimestamp: "2026-11-23T00:00:00Z",
  });
  return rolloutHistory({ metadata: deployment }, z.array(ApiReplicaSet).parse(replicaSets));
}

const changes = (before: object, after: object, specs: readonly [object?, object?] = []) =>
  history(replicaSet(1, before, specs[0]), replicaSet(2, after, specs[1]))[0]?.changes;

describe("the history of a rollout", () => {
  it("is read from recorded ReplicaSets, the newest first", () => {
    const catalog = recordedItems("lists/deployments-shop")
      .map((item) => ApiDeployment.parse(item))
      .find(({ metadata }) => metadata.name === "catalog");
    if (!catalog) throw new Error("the recording has no catalog");

    const revisions = rolloutHistory(catalog, z.array(ApiReplicaSet).parse(recordedItems("lists/replicasets-shop")));

    expect(revisions.map(({ revision, images, changes: changed }) => ({ revision, images, changed }))).toMatchObject([
      {
        revision: 3,
        images: ["registry.example/shop/catalog:5.2.0-rc1"],
        changed: expect.arrayContaining([
          "catalog: image registry.example/shop/catalog:5.1.0 → registry.example/shop/catalog:5.2.0-rc1",
        ]),
      },
      { revision: 2, images: ["registry.example/shop/catalog:5.1.0"] },
      { revision: 1, images: ["registry.example/shop/catalog:5.0.0"], changed: [] },
    ]);
  });

  it("goes by revision and not by age, and has no more than ten", () => {
    const many = Array.from({ length: 9 }, (_, index) => replicaSet(index + 1, { image: `web:${index}` }));
    const rolledBack = { ...replicaSet(0, { image: "web:0" }) };
    const annotations = { "deployment.kubernetes.io/revision": "12" };
    const newest = { ...rolledBack, metadata: { ...rolledBack.metadata, annotations } };

    const revisions = history(...many, newest, replicaSet(0, {}));

    expect(revisions.map(({ revision }) => revision)).toEqual([12, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
  });

  it("keeps to what the Deployment itself made", () => {
    const other = { ...replicaSet(3, {}) };
    const foreign = {
      ...other,
      metadata: { ...other.metadata, ownerReferences: [{ kind: "Deployment", name: "api" }] },
    };

    expect(history(replicaSet(1, {}), foreign)).toHaveLength(1);
  });
});

describe("what changed", () => {
  it.each<readonly [object, object, readonly string[]]>([
    [{}, {}, []],
    [{ image: "web:1" }, { image: "web:2" }, ["app: image web:1 → web:2"]],
    [
      {
        env: [
          { name: "A", value: SECRET },
          { name: "B", value: "1" },
        ],
      },
      {
        env: [
          { name: "B", value: SECRET },
          { name: "C", value: SECRET },
        ],
      },
      ["app: env added: C", "app: env removed: A", "app: env changed: B"],
    ],
    [
      { env: [{ name: "A", value: "x" }] },
      { env: [{ name: "A", valueFrom: { secretKeyRef: { name: "db", key: "p" } } }] },
      ["app: env changed: A"],
    ],
    [
      { env: [{ name: "A", valueFrom: { secretKeyRef: { name: "db", key: "p" } } }] },
      { env: [{ name: "A", valueFrom: { secretKeyRef: { key: "p", name: "db" } } }] },
      [],
    ],
    [
      { resources: { limits: { memory: "64Mi" } } },
      { resources: { requests: { cpu: "5m" }, limits: { memory: "32Mi" } } },
      ["app: requests of cpu none → 5m", "app: limits of memory 64Mi → 32Mi"],
    ],
    [{ command: ["a"] }, { command: ["a", SECRET], args: ["b"] }, ["app: command changed"]],
    [
      { livenessProbe: { exec: { command: ["a", SECRET] } } },
      { livenessProbe: { exec: { command: ["a", "b"] } }, readinessProbe: { tcpSocket: { port: 1 } } },
      ["app: liveness probe changed", "app: readiness probe changed"],
    ],
    [{}, { envFrom: [{ secretRef: { name: "db" } }] }, ["app: variables from whole objects changed"]],
    [{}, { volumeMounts: [{ name: "v", mountPath: "/v" }] }, ["app: mounts changed"]],
  ])("from %j to %j is told as %j", (before, after, expected) => {
    const changed = changes(before, after);

    expect(changed).toEqual(expected);
    expect(JSON.stringify(changed)).not.toContain(SECRET);
  });

  it.each<readonly [object, object, string]>([
    [{}, { initContainers: [{ name: "init", image: "i:1" }] }, "container init added (i:1)"],
    [{ initContainers: [{ name: "init", image: "i:1" }] }, {}, "container init removed"],
    [{}, { volumes: [{ name: "v", emptyDir: {} }] }, "volumes"],
    [{}, { nodeSelector: { disk: "ssd" } }, "node selector"],
    [{}, { serviceAccountName: "robot" }, "service account"],
  ])("of the pod from %j to %j is told as %j", (before, after, expected) => {
    expect(changes({}, {}, [before, after])).toEqual([expect.stringContaining(expected)]);
  });
});
