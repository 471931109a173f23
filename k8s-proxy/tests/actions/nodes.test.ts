// Closing a node to new pods, opening it again, and emptying it in between.
import { describe, expect, it } from "vitest";
import { recordedItems } from "../recorded.ts";
import { answers, KEY, list, plays, recordedObject, stage, withMetadata } from "./stage.ts";

import type { Named, Script, Sent } from "./stage.ts";

const NODE = recordedObject("lists/nodes", "node-1");
const PATH = "/api/v1/nodes/node-1";
const cordoned = { ...NODE, spec: { ...Object(NODE.spec), unschedulable: true } };

describe.each([
  ["cordon", NODE, true, "takes no new pods"],
  ["uncordon", cordoned, null, "takes new pods again"],
] as const)("%s", (action, before, unschedulable, words) => {
  const script = (node: object): Script => ({ [`GET ${PATH}`]: answers(node), [`PATCH ${PATH}`]: answers(node) });

  it("writes one field, for the node that was read, with its key beside it", async () => {
    const { call, written } = await stage(script(before));

    const { status, body } = await call(action, { node: "node-1" });

    const { uid, resourceVersion } = before.metadata;
    const annotations = { "gatehouse.dev/last-action": KEY };
    expect(written).toEqual([
      {
        to: `PATCH ${PATH}?fieldManager=gatehouse`,
        contentType: "application/merge-patch+json",
        body: { metadata: { uid, resourceVersion, annotations }, spec: { unschedulable } },
      },
    ]);
    expect([status, body.changed, body.summary]).toEqual([200, true, expect.stringContaining(words)]);
    expect(body.found).toEqual({ uid });
  });

  it("of a node that is so already writes nothing", async () => {
    const { call, written } = await stage(script(before === NODE ? cordoned : NODE));

    const { body } = await call(action, { node: "node-1" });

    expect([body.changed, written]).toEqual([false, []]);
  });

  it("needs a grant for the whole cluster", async () => {
    const { call, read } = await stage(script(before));

    const { status, body } = await call(action, { node: "node-1" }, { claims: { namespaces: ["shop"] } });

    expect([status, body.error?.reason, read]).toEqual([403, "namespace_not_allowed", []]);
  });
});

const pod = (name: string): Named => recordedObject("lists/pods-all-namespaces", name);
const mirror = withMetadata(pod("logs-long"), { annotations: { "kubernetes.io/config.mirror": "3f" } });
const PODS = [
  pod("web-5b457f48d9-bknhf"),
  pod("cart-945b4c9b8-lj28q"),
  pod("node-agent-fjf4f"),
  mirror,
  pod("one-shot"),
  pod("stuck-delete"),
];
const evictionOf = ({ metadata }: Named) =>
  `POST /api/v1/namespaces/${metadata.namespace ?? ""}/pods/${metadata.name}/eviction`;
const DONE = plays("actions/201-eviction-dry-run");

function drained(pods: readonly Named[], more: Script = {}): Script {
  return {
    [`GET ${PATH}`]: answers(cordoned),
    "GET /api/v1/pods": list(pods),
    "GET /apis/policy/v1/poddisruptionbudgets": list(recordedItems("lists/poddisruptionbudgets-shop")),
    ...Object.fromEntries(pods.map((one) => [evictionOf(one), DONE])),
    ...more,
  };
}

const names = (written: readonly Sent[]) => written.map(({ to }) => /pods\/([^/]+)/.exec(to)?.[1] ?? to);

describe("a drain", () => {
  it("evicts what may go, each by its uid, and leaves alone what would come back or is going", async () => {
    const { call, written, read } = await stage(drained(PODS));

    const { body } = await call("drain", { node: "node-1" });

    expect(read).toContain("/api/v1/pods?limit=500&fieldSelector=spec.nodeName=node-1");
    expect(names(written).toSorted()).toEqual(["cart-945b4c9b8-lj28q", "one-shot", "web-5b457f48d9-bknhf"]);
    expect(written.find(({ to }) => to.includes("cart"))?.body).toEqual({
      apiVersion: "policy/v1",
      kind: "Eviction",
      metadata: { name: "cart-945b4c9b8-lj28q", namespace: "shop" },
      deleteOptions: { preconditions: { uid: pod("cart-945b4c9b8-lj28q").metadata.uid } },
    });
    expect(body).toMatchObject({
      object: { kind: "Node", name: "node-1" },
      changed: true,
      summary: "Node node-1 is emptied: of its pods 3 evicted, 3 left alone.",
      after: { evicted: 3, blocked: 0 },
      affects: {
        pods: 3,
        budgets: [
          { name: "shop/web", allowed: 0 },
          { name: "shop/cart", allowed: 1 },
        ],
      },
      evictions: [
        { name: "web-5b457f48d9-bknhf", result: "evicted", reason: "ReplicaSet web-5b457f48d9 makes another" },
        { name: "cart-945b4c9b8-lj28q", result: "evicted" },
        { name: "one-shot", result: "evicted", reason: "it had ended before" },
        { name: "node-agent-fjf4f", result: "skipped" },
        { name: "logs-long", result: "skipped", reason: "a static pod of the node" },
        { name: "stuck-delete", result: "skipped" },
      ],
    });
  });

  it("leaves what a disruption budget holds back for a next round, and says what the budget said", async () => {
    const { call } = await stage(
      drained(PODS, { [evictionOf(pod("web-5b457f48d9-bknhf"))]: plays("actions/429-eviction-pdb") }),
    );

    const { status, body } = await call("drain", { node: "node-1" });

    expect(status).toBe(200);
    expect(body.after).toEqual({ evicted: 2, blocked: 1 });
    expect(body.evictions).toContainEqual({
      namespace: "shop",
      name: "web-5b457f48d9-bknhf",
      result: "blocked",
      reason: expect.stringContaining("The disruption budget web needs 3 healthy pods"),
    });
  });

  it("of a node that is not cordoned is blocked, and in a dry run only warns: the plan has it cordoned first", async () => {
    const { call, written } = await stage(drained(PODS, { [`GET ${PATH}`]: answers(NODE) }));

    const real = await call("drain", { node: "node-1" });
    expect([real.status, real.body.error?.reason, written]).toEqual([423, "blocked", []]);

    const dry = await call("drain", { node: "node-1", dry_run: true });
    expect([dry.status, dry.body.warnings]).toEqual([200, [expect.stringContaining("not cordoned yet")]]);
    expect(written.every(({ to }) => to.endsWith("/eviction?dryRun=All"))).toBe(true);
  });

  it("of a node with nothing to evict has nothing to do", async () => {
    const { call, written } = await stage(drained([pod("node-agent-fjf4f")]));

    const { body } = await call("drain", { node: "node-1" });

    expect([body.changed, body.evictions, written]).toEqual([
      false,
      [expect.objectContaining({ result: "skipped" })],
      [],
    ]);
  });

  it("evicts the pod that it runs in as the last", async () => {
    const own = { namespace: "shop", name: "web-5b457f48d9-bknhf" };
    const { call, written } = await stage(drained(PODS), { ownPod: own });

    await call("drain", { node: "node-1" });

    expect(names(written).at(-1)).toBe(own.name);
  });

  it("of a pod under two budgets does not even ask: the API server would answer with an error of its own", async () => {
    const twice = recordedItems("lists/poddisruptionbudgets-shop");
    const { call, written } = await stage(
      drained([pod("cart-945b4c9b8-lj28q")], {
        "GET /apis/policy/v1/poddisruptionbudgets": list([...twice, ...twice]),
      }),
    );

    const { body } = await call("drain", { node: "node-1" });

    expect(written).toEqual([]);
    expect(body).toMatchObject({
      changed: false,
      evictions: [{ result: "blocked", reason: expect.stringContaining("2 disruption") }],
    });
  });

  it("whose account may not evict at all is refused", async () => {
    const forbidden = Object.fromEntries(PODS.map((one) => [evictionOf(one), plays("actions/403-reader-patch")]));
    const { call } = await stage(drained(PODS, forbidden));

    expect((await call("drain", { node: "node-1" })).body.error?.reason).toBe("cluster_forbids");
  });

  it("with one eviction whose answer is lost is lost as a whole", async () => {
    const { call } = await stage(drained(PODS, { [evictionOf(pod("cart-945b4c9b8-lj28q"))]: "cut" }));

    const { status, body } = await call("drain", { node: "node-1" });

    expect([status, body.error?.reason]).toEqual([503, "cluster_unavailable"]);
  });
});
