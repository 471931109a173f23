// The stand-in is changed as the real API server was, and refuses what it refused: the same statuses, words and shapes.
import { readdirSync } from "node:fs";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startCluster } from "../../dev/cluster/server.ts";
import { recorded } from "./recorded.ts";
import { Body, DEPLOYMENTS, items, JSON_PATCH, MERGE, PODS, replay, send, STRATEGIC } from "./stand-in-client.ts";
import { NOW } from "./worker-side.ts";

import type { RunningCluster } from "../../dev/cluster/server.ts";

/** Who wrote which field is not kept here, and times are those of the stand-in. */
function comparable(body: unknown): unknown {
  const text = JSON.stringify(body, (key, value: unknown) => (key === "managedFields" ? undefined : value));
  return JSON.parse(text.replace(/"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"/g, '"then"'));
}

/** To create objects, or to own single fields, is beyond a stand-in. */
const BEYOND: readonly string[] = [
  "201-job-from-cronjob-dry-run",
  "403-quota-exceeded-dry-run",
  "409-already-exists",
  "409-server-side-apply-field-conflict",
];
/** They quote the whole object, whose fields stand in another order here. */
const QUOTING: readonly string[] = ["422-patch-wrong-type", "422-unknown-field-strict"];
const READER = "403-reader-patch";

describe("a recorded write", () => {
  let cluster: RunningCluster;
  beforeAll(async () => void (cluster = await startCluster({ port: 0, now: NOW })));
  afterAll(() => cluster.close());

  const all = readdirSync(new URL("../../fixtures/kubernetes/actions/", import.meta.url)).map((file) =>
    file.replace(/\.json$/, ""),
  );
  const plain = all.filter((name) => ![...BEYOND, ...QUOTING, READER].includes(name));

  it.each(plain)("is answered as it was: %s", async (name) => {
    const { status, body } = recorded(`actions/${name}`);

    const answer = await replay(cluster, name);

    expect(answer.status).toBe(status);
    expect(comparable(answer.body)).toEqual(comparable(body));
  });

  it("is one of so many", () => {
    expect([all.length, plain.length]).toEqual([27, 20]);
  });

  it.each(QUOTING)("is refused with the object that a patch has made in the middle: %s", async (name) => {
    const real = recorded(`actions/${name}`);
    const { message, ...rest } = Body.parse(real.body);
    const edges = (text = "") => [text.slice(0, 60), text.slice(-75)];

    const { status, body } = await replay(cluster, name);

    expect(status).toBe(real.status);
    expect(Object.keys(body).toSorted()).toEqual(Object.keys({ message, ...rest }).toSorted());
    expect(edges(body.message)).toEqual(edges(message));
  });

  it("has the warning that it had", async () => {
    const { headers } = recorded("actions/200-with-unknown-field-warning");

    expect((await replay(cluster, "200-with-unknown-field-warning")).warning).toBe(headers.warning);
  });

  it("is forbidden to whoever may only read", async () => {
    const locked = await startCluster({ port: 0, now: NOW, isReadOnly: true });
    const { status, body } = await replay(locked, READER);
    const evicted = await replay(locked, "201-eviction-dry-run");
    await locked.close();

    expect({ status, body }).toEqual({ status: 403, body: recorded(`actions/${READER}`).body });
    expect(evicted).toMatchObject({
      status: 403,
      body: { message: expect.stringContaining('cannot create resource "pods/eviction"') },
    });
  });
});

describe("a write", () => {
  let cluster: RunningCluster;
  beforeEach(async () => void (cluster = await startCluster({ port: 0, now: NOW })));
  afterEach(() => cluster.close());

  const WEB = `${DEPLOYMENTS}/web`;
  const CART = `${PODS}/cart-945b4c9b8-p855k`;

  it("is kept with a new version, and counted as a generation when the spec has changed", async () => {
    const before = await send(cluster, WEB);

    const labelled = await send(cluster, WEB, { body: { metadata: { labels: { tier: "front" } } } });
    const paused = await send(cluster, WEB, { body: { spec: { paused: true } } });
    const after = await send(cluster, WEB);

    const versions = [before, labelled, paused].map(({ body }) => Number(body.metadata.resourceVersion));
    expect(versions).toEqual([...new Set(versions)].toSorted((one, other) => one - other));
    expect([before, labelled, paused].map(({ body }) => body.metadata.generation)).toEqual([1, 1, 2]);
    expect(after.body).toEqual(paused.body);
    expect(after.body).toMatchObject({ metadata: { labels: { tier: "front" } }, spec: { paused: true, replicas: 3 } });
  });

  it("that changes nothing is no new version", async () => {
    const before = await send(cluster, WEB);

    const again = await send(cluster, WEB, { body: { spec: { replicas: 3, paused: false } } });

    expect(again.body).toEqual(before.body);
  });

  it("that is only tried is answered in full and not kept", async () => {
    const before = await send(cluster, WEB);

    const tried = [
      await send(cluster, `${WEB}?dryRun=All`, { body: { spec: { replicas: 5 } } }),
      await send(cluster, `${WEB}/scale?dryRun=All`, { body: { spec: { replicas: 5 } } }),
      await send(cluster, `${CART}?dryRun=All`, { method: "DELETE" }),
      await send(cluster, CART, { method: "DELETE", type: "application/json", body: { dryRun: ["All"] } }),
    ];

    expect(tried.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(tried[0]?.body).toMatchObject({ metadata: { generation: 2 }, spec: { replicas: 5 } });
    expect(await send(cluster, WEB)).toEqual(before);
    expect((await send(cluster, CART)).body.metadata).not.toHaveProperty("deletionTimestamp");
  });

  it("of a version that is not the latest any more is a conflict, and of the latest is not", async () => {
    const { body } = await send(cluster, WEB);
    const { resourceVersion } = body.metadata;
    const patch = { metadata: { resourceVersion }, spec: { replicas: 4 } };

    const first = await send(cluster, WEB, { body: patch });
    const second = await send(cluster, WEB, { body: { ...patch, spec: { replicas: 5 } } });
    const put = await send(cluster, WEB, { method: "PUT", type: "application/json", body });

    expect([first.status, second.status, put.status]).toEqual([200, 409, 409]);
    expect(second.body.reason).toBe("Conflict");
  });

  it.each([
    ["a patch", WEB, { body: { metadata: { uid: "other" } } }, [422, "Invalid"]],
    ["a patch of the scale", `${WEB}/scale`, { body: { metadata: { uid: "other" } } }, [409, "Conflict"]],
    [
      "a deletion",
      CART,
      { method: "DELETE", type: "application/json", body: { preconditions: { resourceVersion: "1" } } },
      [409, "Conflict"],
    ],
    [
      "an eviction",
      `${CART}/eviction`,
      {
        method: "POST",
        type: "application/json",
        body: {
          kind: "Eviction",
          apiVersion: "policy/v1",
          metadata: { name: "cart-945b4c9b8-p855k" },
          deleteOptions: { preconditions: { uid: "other" } },
        },
      },
      [409, "Conflict"],
    ],
  ] as const)("of another object under the same name is refused: %s", async (_, path, sent, refusal) => {
    const { status, body } = await send(cluster, path, sent);

    expect([status, body.reason]).toEqual(refusal);
  });

  it("may replace the whole object, except for what is the server's own", async () => {
    const { body } = await send(cluster, WEB);
    const replaced = { ...body, spec: { ...Object(body.spec), replicas: 4 }, status: { replicas: 99 } };

    const put = await send(cluster, WEB, { method: "PUT", type: "application/json", body: replaced });
    const stranger = { ...body, metadata: { ...body.metadata, resourceVersion: undefined, uid: "other" } };
    const other = await send(cluster, WEB, { method: "PUT", type: "application/json", body: stranger });

    expect(put).toMatchObject({ status: 200, body: { spec: { replicas: 4 }, status: { replicas: 3 } } });
    expect(other).toMatchObject({
      status: 409,
      body: { message: expect.stringContaining("Precondition failed: UID") },
    });
  });

  it("merges containers by their names where the patch is a strategic one, and takes the list whole where not", async () => {
    const containers = [{ name: "web", image: "registry.example/shop/web:2.3.2" }];
    const body = { spec: { template: { spec: { containers } } } };

    const strategic = await send(cluster, `${WEB}?dryRun=All`, { type: STRATEGIC, body });
    const merge = await send(cluster, `${WEB}?dryRun=All`, { type: MERGE, body });

    expect(strategic.body).toMatchObject({
      spec: {
        template: { spec: { containers: [{ name: "web", ports: [{}], ...containers[0] }, { name: "sidecar" }] } },
      },
    });
    expect(merge.body).toMatchObject({ spec: { template: { spec: { containers } } } });
  });

  it("may be a JSON patch, which holds in all its steps or not at all", async () => {
    const steps = [
      { op: "test", path: "/spec/template/spec/containers/0/name", value: "web" },
      { op: "add", path: "/metadata/annotations/a~1b", value: "c" },
      { op: "remove", path: "/spec/template/spec/containers/1" },
      { op: "replace", path: "/spec/replicas", value: 2 },
    ];

    const done = await send(cluster, `${WEB}?dryRun=All`, { type: JSON_PATCH, body: steps });
    const missing = await send(cluster, WEB, {
      type: JSON_PATCH,
      body: [...steps, { op: "remove", path: "/spec/nothing" }],
    });

    expect(done.body).toMatchObject({ metadata: { annotations: { "a/b": "c" } }, spec: { replicas: 2 } });
    expect(missing.status).toBe(422);
    expect((await send(cluster, WEB)).body).toMatchObject({ spec: { replicas: 3 } });
  });

  it("of what may not be changed is refused as by a server that does not know how", async () => {
    const statuses = [
      await send(cluster, "/api/v1/namespaces/shop/services/web", { body: {} }),
      await send(cluster, WEB, { method: "DELETE" }),
      await send(cluster, `${PODS}/logs-multi/log`, { method: "DELETE" }),
      await send(cluster, "/apis/apps/v1/namespaces/shop/daemonsets/web/scale", { body: {} }),
      await send(cluster, "/apis/apps/v1/namespaces/shop/widgets/web", { body: {} }),
      await send(cluster, WEB, { body: "{" }),
      await send(cluster, WEB, { body: [] }),
      await send(cluster, WEB, { body: { metadata: { name: "other" } } }),
      await send(cluster, WEB, { body: { spec: { replicas: -1 } } }),
      await send(cluster, `${WEB}?propagationPolicy=Foreground`, { body: {} }),
      await send(cluster, WEB, { body: { metadata: { annotations: { long: "x".repeat(3 * 1024 ** 2) } } } }),
    ].map(({ status }) => status);

    expect(statuses).toEqual([405, 405, 405, 405, 404, 400, 400, 400, 422, 400, 413]);
  });

  it("cordons a node, and says nothing of it once it is uncordoned", async () => {
    const node = "/api/v1/nodes/node-1";

    const cordoned = await send(cluster, node, { type: STRATEGIC, body: { spec: { unschedulable: true } } });
    const uncordoned = await send(cluster, node, { type: STRATEGIC, body: { spec: { unschedulable: false } } });

    expect(cordoned.body).toMatchObject({ kind: "Node", spec: { unschedulable: true } });
    expect(uncordoned.body.spec).toEqual({});
  });

  it("scales, and reads the scale of a workload that has none running as Go writes it", async () => {
    const scaled = await send(cluster, `${DEPLOYMENTS}/cart/scale`, {
      method: "PUT",
      type: "application/json",
      body: { spec: {} },
    });

    expect(scaled.body).toMatchObject({ kind: "Scale", spec: {}, status: { replicas: 2, selector: "app=cart" } });
    expect((await send(cluster, `${DEPLOYMENTS}/cart`)).body).toMatchObject({
      metadata: { generation: 2 },
      spec: { replicas: 0 },
    });
    expect((await send(cluster, `${DEPLOYMENTS}/cart/scale`)).body.spec).toEqual({});
  });

  it("marks a pod that is to go, removes one at once that runs nowhere, and waits for finalizers", async () => {
    const marked = await send(cluster, CART, { method: "DELETE" });
    const twice = await send(cluster, CART, { method: "DELETE" });
    await send(cluster, `${PODS}/gpu-trainer-74f56c4749-qrn8t`, { method: "DELETE" });
    const held = await send(cluster, "/api/v1/namespaces/platform/pods/stuck-delete?gracePeriodSeconds=0", {
      method: "DELETE",
    });

    expect(marked.body.metadata).toMatchObject({ generation: 2, deletionGracePeriodSeconds: 1 });
    expect(twice.body).toEqual(marked.body);
    expect((await items(cluster, PODS)).map(({ metadata }) => metadata.name)).not.toContain(
      "gpu-trainer-74f56c4749-qrn8t",
    );
    expect(held.body.metadata).toMatchObject({ finalizers: ["ops.example.com/wait-for-backup"] });
    expect((await items(cluster, "/api/v1/namespaces/platform/pods")).map(({ metadata }) => metadata.name)).toContain(
      "stuck-delete",
    );
  });
});
