// Restarting and scaling: what is looked at, what exactly is written, and what whoever approves is told.
import { describe, expect, it } from "vitest";
import { answers, KEY, list, plays, recordedObject, stage, withMetadata } from "./stage.ts";

import type { Script } from "./stage.ts";

const APPS = "/apis/apps/v1/namespaces/shop";
const WEB = recordedObject("lists/deployments-shop", "web");
const UID = "f412dad6-7843-493a-bb10-0d588cbbba05";
const BUDGETS = plays("lists/poddisruptionbudgets-shop");

const cluster = (more: Script = {}): Script => ({
  [`GET ${APPS}/deployments/web`]: answers({ ...WEB, kind: "Deployment" }),
  "GET /apis/policy/v1/namespaces/shop/poddisruptionbudgets": BUDGETS,
  [`PATCH ${APPS}/deployments/web`]: plays("actions/200-rollout-restart-dry-run"),
  [`PATCH ${APPS}/deployments/web/scale`]: plays("actions/200-scale-dry-run"),
  ...more,
});
const SHOP_WEB = { namespace: "shop", name: "web" };

describe("a restart", () => {
  it("writes a moment into the template, for the object that was read and no other, with its key beside it", async () => {
    const { call, written } = await stage(cluster());

    const { status, body } = await call("rollout_restart", SHOP_WEB);

    expect(written).toEqual([
      {
        to: `PATCH ${APPS}/deployments/web?fieldManager=gatehouse`,
        contentType: "application/strategic-merge-patch+json",
        body: {
          metadata: { uid: UID, resourceVersion: "3969", annotations: { "gatehouse.dev/last-action": KEY } },
          spec: {
            template: { metadata: { annotations: { "kubectl.kubernetes.io/restartedAt": "2026-11-23T02:11:26Z" } } },
          },
        },
      },
    ]);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      object: { kind: "Deployment", namespace: "shop", name: "web", uid: UID, generation: 2 },
      found: { uid: UID, generation: 1 },
      changed: true,
      summary: "Deployment shop/web restarts: its 3 pods are replaced, a few at a time.",
      diff: ["spec.template.metadata.annotations.kubectl.kubernetes.io/restartedAt: (none) → 2026-11-23T02:11:26Z"],
      affects: { pods: 3, budgets: [{ name: "web", allowed: 0 }] },
      dry_run: false,
      replayed: false,
    });
  });

  it("in a dry run is judged by the API server and says nothing that the clock would change", async () => {
    const { call, written, pass } = await stage(cluster());

    const first = await call("rollout_restart", { ...SHOP_WEB, dry_run: true });
    pass(5_000);
    const second = await call("rollout_restart", { ...SHOP_WEB, dry_run: true });

    expect(written.map(({ to }) => to)).toEqual(
      [1, 2].map(() => `PATCH ${APPS}/deployments/web?dryRun=All&fieldManager=gatehouse`),
    );
    const plan = ({ body }: typeof first) => [
      body.summary,
      body.diff,
      body.before,
      body.after,
      body.affects,
      body.found,
    ];
    expect(plan(second)).toEqual(plan(first));
    expect(first.body).toMatchObject({ dry_run: true, changed: true, diff: [expect.stringContaining("(the moment")] });
  });

  it.each(["StatefulSet", "DaemonSet"] as const)("is the same of a %s", async (kind) => {
    const [plural, file, name, namespace] =
      kind === "StatefulSet"
        ? (["statefulsets", "lists/statefulsets-payments", "db", "payments"] as const)
        : (["daemonsets", "lists/daemonsets-platform", "node-agent", "platform"] as const);
    const path = `/apis/apps/v1/namespaces/${namespace}/${plural}/${name}`;
    const { call, written } = await stage({
      [`GET ${path}`]: answers({ ...recordedObject(file, name), kind }),
      [`GET /apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets`]: list([]),
      [`PATCH ${path}`]: answers({ metadata: { generation: 9 } }),
    });

    const { body } = await call("rollout_restart", { namespace, kind, name });

    expect(body).toMatchObject({ object: { kind, generation: 9 }, changed: true });
    expect(written.map(({ to }) => to)).toEqual([`PATCH ${path}?fieldManager=gatehouse`]);
  });

  it("of what is paused is blocked: nothing would happen", async () => {
    const paused = { ...WEB, spec: { ...Object(WEB.spec), paused: true } };
    const { call, written } = await stage(cluster({ [`GET ${APPS}/deployments/web`]: answers(paused) }));

    const { status, body } = await call("rollout_restart", SHOP_WEB);

    expect([status, body.error?.reason, written]).toEqual([423, "blocked", []]);
  });
});

describe("a scale", () => {
  it("is written to the scale alone, and tells how many before and after", async () => {
    const { call, written } = await stage(cluster());

    const { body } = await call("scale", { ...SHOP_WEB, replicas: 5 });

    expect(written).toEqual([
      {
        to: `PATCH ${APPS}/deployments/web/scale?fieldManager=gatehouse`,
        contentType: "application/merge-patch+json",
        body: { metadata: { uid: UID, resourceVersion: "3969" }, spec: { replicas: 5 } },
      },
    ]);
    expect(body).toMatchObject({
      found: { uid: UID, generation: 1 },
      changed: true,
      summary: "Deployment shop/web goes from 3 to 5 replicas.",
      diff: ["spec.replicas: 3 → 5"],
      before: { replicas: 3 },
      after: { replicas: 5 },
      affects: { pods: 2 },
    });
    expect(body.object).not.toHaveProperty("generation");
  });

  it("to what it has is nothing to do, and nothing is written", async () => {
    const { call, written } = await stage(cluster());

    const { status, body } = await call("scale", { ...SHOP_WEB, replicas: 3 });

    expect([status, body.changed, body.diff, written]).toEqual([200, false, [], []]);
  });

  it("beyond the bound of the cluster is blocked", async () => {
    const { call, written } = await stage(cluster());

    const within = await call("scale", { ...SHOP_WEB, replicas: 20, dry_run: true });
    const beyond = await call("scale", { ...SHOP_WEB, replicas: 21 });

    expect([within.status, beyond.status, beyond.body.error?.reason]).toEqual([200, 423, "blocked"]);
    expect(beyond.body.error?.message).toContain("MAX_REPLICAS");
    expect(written).toHaveLength(1);
  });
});

describe("what was looked at", () => {
  it.each([
    ["another object of the name", { uid: "00000000-0000-0000-0000-000000000000", generation: 1 }, "made anew"],
    ["another generation", { uid: UID, generation: 7 }, "generation 1, not 7"],
  ])("is not changed when it is %s", async (_, expected, words) => {
    const { call, written } = await stage(cluster());

    const { status, body } = await call("rollout_restart", { ...SHOP_WEB, expect: expected });

    expect([status, body.error?.reason, written]).toEqual([409, "conflict", []]);
    expect(body.error?.message).toContain(words);
  });

  it("is changed when it is what it was", async () => {
    const { call } = await stage(cluster());

    expect(await call("rollout_restart", { ...SHOP_WEB, expect: { uid: UID, generation: 1 } })).toMatchObject({
      status: 200,
      body: { changed: true },
    });
  });

  it.each([
    ["rollout_restart", { [`PATCH ${APPS}/deployments/web`]: plays("actions/409-restart-resource-version-conflict") }],
    ["scale", { [`PATCH ${APPS}/deployments/web/scale`]: plays("actions/409-scale-resource-version-conflict") }],
  ] as const)("and was changed before the write is a conflict: %s", async (action, script) => {
    const { call, written } = await stage(cluster(script));

    const { status, body } = await call(action, { ...SHOP_WEB, ...(action === "scale" && { replicas: 5 }) });

    expect([status, body.error?.reason]).toEqual([409, "conflict"]);
    expect(written).toHaveLength(1);
  });

  it("and is not there is said with where to look", async () => {
    const { call } = await stage({ [`GET ${APPS}/deployments/web`]: plays("actions/404-deployment") });

    const { status, body } = await call("rollout_restart", SHOP_WEB);

    expect([status, body.error?.message]).toEqual([404, expect.stringContaining("k8s.list_workloads")]);
  });

  it("goes on without the disruption budgets where they may not be read, and says so", async () => {
    const denied = plays("errors/403-service-account-without-rights");
    const { call } = await stage(cluster({ "GET /apis/policy/v1/namespaces/shop/poddisruptionbudgets": denied }));

    const { body } = await call("rollout_restart", { ...SHOP_WEB, dry_run: true });

    expect(body).toMatchObject({ affects: { pods: 3, budgets: [] } });
    expect(body.warnings).toEqual([expect.stringContaining("disruption budgets")]);
  });
});

describe("a key that stands on the object", () => {
  const done = withMetadata(WEB, { generation: 2, annotations: { "gatehouse.dev/last-action": KEY } });

  it("was acted on by a process before this one: nothing is written again, whatever generation was expected", async () => {
    const { call, written } = await stage(cluster({ [`GET ${APPS}/deployments/web`]: answers(done) }));

    const { status, body } = await call("rollout_restart", { ...SHOP_WEB, expect: { uid: UID, generation: 1 } });

    expect([status, body.replayed, body.changed, written]).toEqual([200, true, true, []]);
  });

  it("does not keep a dry run from being judged", async () => {
    const { call, written } = await stage(cluster({ [`GET ${APPS}/deployments/web`]: answers(done) }));

    const { body } = await call("rollout_restart", { ...SHOP_WEB, dry_run: true });

    expect([body.replayed, written.length]).toEqual([false, 1]);
  });
});
