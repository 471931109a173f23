// The actions proxy in front of the stand-in: what is asked for is done, once, and can be seen in what the cluster then says.
import { onTestFinished, describe, expect, it } from "vitest";
import * as z from "zod";
import { startCluster } from "../../dev/cluster/server.ts";
import { ActionOutcome } from "../src/contract/index.ts";
import { testActions } from "./actions/stage.ts";
import { NOW } from "./worker-side.ts";

import type { ActionName } from "../src/contract/index.ts";
import type { ClusterOptions } from "../../dev/cluster/server.ts";

const ApiObject = z.looseObject({
  metadata: z.looseObject({
    uid: z.string(),
    generation: z.int().optional(),
    deletionTimestamp: z.string().optional(),
    annotations: z.record(z.string(), z.string()).default({}),
  }),
  status: z.looseObject({}).default({}),
  spec: z.looseObject({
    replicas: z.int().optional(),
    unschedulable: z.boolean().default(false),
    template: z
      .looseObject({ spec: z.looseObject({ containers: z.array(z.looseObject({ image: z.string() })) }) })
      .optional(),
  }),
});

async function cluster(options: Partial<ClusterOptions> = {}) {
  const running = await startCluster({ port: 0, now: NOW, ...options });
  onTestFinished(() => running.close());
  const actions = await testActions(new URL(running.url));
  let keys = 0;
  const get = async (path: string) => {
    const response = await fetch(running.url + path);
    return response.ok ? ApiObject.parse(await response.json()) : undefined;
  };
  return {
    url: running.url,
    pass: (ms: number) => running.pass(ms),
    get,
    deployment: async (name: string) => ApiObject.parse(await get(`/apis/apps/v1/namespaces/shop/deployments/${name}`)),
    /** Under a key of its own each time. */
    act: async (action: ActionName, asked: object) => {
      const answer = await actions.call(action, { idempotency_key: `approval:step-${keys++}`, ...asked });
      return { ...answer, outcome: answer.status === 200 ? ActionOutcome().parse(answer.body) : undefined };
    },
  };
}

const SHOP = { namespace: "shop" };

describe("in front of the stand-in", () => {
  it("a dry run changes nothing, and tells what the real one then does", async () => {
    const { act, deployment } = await cluster();
    const before = await deployment("catalog");

    const dry = await act("rollout_undo", { ...SHOP, name: "catalog", dry_run: true });
    expect(await deployment("catalog")).toEqual(before);

    const real = await act("rollout_undo", { ...SHOP, name: "catalog", expect: dry.outcome?.found });
    expect(real.outcome).toMatchObject({ changed: true, diff: dry.outcome?.diff, summary: dry.outcome?.summary });
    expect((await deployment("catalog")).spec.template?.spec.containers[0]?.image).toBe(
      "registry.example/shop/catalog:5.1.0",
    );
  });

  it("a restart is known by its key afterwards, also to a process that never heard of it", async () => {
    const { act, deployment, url } = await cluster();
    const asked = { ...SHOP, name: "web", idempotency_key: "approval:restart" };

    const { outcome } = await act("rollout_restart", asked);
    const web = await deployment("web");
    const again = await (await testActions(new URL(url))).call("rollout_restart", asked);

    expect(outcome).toMatchObject({ replayed: false, object: { generation: web.metadata.generation } });
    expect(again.body).toMatchObject({ replayed: true, object: { generation: web.metadata.generation } });
    expect(await deployment("web")).toEqual(web);
  });

  it("a scale is done, and done again under another key is nothing to do", async () => {
    const { act, deployment } = await cluster();

    const first = await act("scale", { ...SHOP, name: "web", replicas: 5 });
    const second = await act("scale", { ...SHOP, name: "web", replicas: 5 });

    expect([first.outcome?.changed, second.outcome?.changed]).toEqual([true, false]);
    expect((await deployment("web")).spec.replicas).toBe(5);
  });

  it("what was changed since it was looked at is a conflict", async () => {
    const { act } = await cluster();
    const seen = (await act("rollout_restart", { ...SHOP, name: "web", dry_run: true })).outcome?.found;
    await act("scale", { ...SHOP, name: "web", replicas: 4 });

    const { status, body } = await act("rollout_restart", { ...SHOP, name: "web", expect: seen });

    expect([status, body.error?.reason]).toEqual([409, "conflict"]);
  });

  it("an eviction is held back by a budget without room, and a deletion is not", async () => {
    const { act, get } = await cluster();
    const pod = "web-5b457f48d9-bknhf";

    const evicted = await act("evict", { ...SHOP, pod });
    const deleted = await act("delete_pod", { ...SHOP, pod });

    expect([evicted.status, evicted.body.error?.reason]).toEqual([423, "blocked"]);
    expect(deleted.outcome?.changed).toBe(true);
    const left = await get(`/api/v1/namespaces/shop/pods/${pod}`);
    expect(left === undefined || left.metadata.deletionTimestamp !== undefined).toBe(true);
  });

  it("a node is cordoned, drained in rounds and opened again", async () => {
    const { act, get } = await cluster();
    const isCordoned = async () => (await get("/api/v1/nodes/node-1"))?.spec.unschedulable;

    const early = await act("drain", { node: "node-1" });
    await act("cordon", { node: "node-1" });
    const closed = await isCordoned();
    const round = await act("drain", { node: "node-1" });
    await act("uncordon", { node: "node-1" });

    expect([early.body.error?.reason, closed, await isCordoned()]).toEqual(["blocked", true, false]);
    const results = Map.groupBy(round.outcome?.evictions ?? [], ({ result }) => result);
    expect(results.get("skipped")?.map(({ name }) => name)).toContain("node-agent-fjf4f");
    expect(results.get("blocked")?.map(({ name }) => name)).toContain("web-5b457f48d9-bknhf");
    expect(results.get("evicted")?.length).toBeGreaterThan(5);
  });

  it("a rollback heals what the release broke, once the cluster has had its time", async () => {
    const { act, deployment, pass } = await cluster();
    const broken = (await deployment("catalog")).status;

    await act("rollout_undo", { ...SHOP, name: "catalog" });
    pass(120_000);

    expect(broken).toMatchObject({ replicas: 3, updatedReplicas: 1, availableReplicas: 2 });
    expect((await deployment("catalog")).status).toMatchObject({ updatedReplicas: 2, availableReplicas: 2 });
  });

  it("a second round of a drain takes what a budget held back in the first, and never what it still holds", async () => {
    const { act, pass } = await cluster({ nodes: 2 });
    const blockedOf = (outcome: { evictions?: { result: string; name: string }[] | undefined } | undefined) =>
      (outcome?.evictions ?? [])
        .flatMap(({ result, name }) => (result === "blocked" ? [name.split("-")[0]] : []))
        .sort();
    await act("cordon", { node: "node-1" });

    const first = await act("drain", { node: "node-1" });
    pass(120_000);
    const second = await act("drain", { node: "node-1" });

    expect(blockedOf(first.outcome)).toEqual(["cart", "web", "web", "web"]);
    expect(blockedOf(second.outcome)).toEqual(["web", "web", "web"]);
    expect(second.outcome?.evictions).toContainEqual(
      expect.objectContaining({ name: expect.stringMatching(/^cart-/), result: "evicted" }),
    );
  });

  it.each([true, false])(
    "an account that may only read changes nothing, and it is said so (dry run: %s)",
    async (dry_run) => {
      const { act } = await cluster({ isReadOnly: true });

      const { status, body } = await act("rollout_restart", { ...SHOP, name: "web", dry_run });

      expect([status, body.error?.reason]).toEqual([403, "cluster_forbids"]);
    },
  );
});
