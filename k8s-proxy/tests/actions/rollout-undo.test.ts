// Going back to an earlier revision: which one, what of it is written, and what of it is shown.
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { recordedItems } from "../recorded.ts";
import { answers, KEY, list, plays, recordedObject, stage, withMetadata } from "./stage.ts";

import type { Script } from "./stage.ts";

const APPS = "/apis/apps/v1/namespaces/shop";
const CATALOG = recordedObject("lists/deployments-shop", "catalog");
const UID = "61ffc6d1-867d-41d8-9aae-24ef803745e7";
const SHOP_CATALOG = { namespace: "shop", name: "catalog" };

const cluster = (more: Script = {}): Script => ({
  [`GET ${APPS}/deployments/catalog`]: answers({ ...CATALOG, kind: "Deployment" }),
  [`GET ${APPS}/replicasets`]: plays("lists/replicasets-shop"),
  "GET /apis/policy/v1/namespaces/shop/poddisruptionbudgets": plays("lists/poddisruptionbudgets-shop"),
  [`PATCH ${APPS}/deployments/catalog`]: answers({ metadata: { generation: 4 } }),
  ...more,
});

const Container = z.looseObject({ name: z.string(), image: z.string() });
const Rollback = z.object({
  metadata: z.object({ annotations: z.record(z.string(), z.string().nullable()) }),
  spec: z.object({
    template: z.looseObject({
      metadata: z.object({ labels: z.record(z.string(), z.string()) }),
      spec: z.object({ containers: z.array(Container) }),
    }),
  }),
});

/** The same template with one variable in its only container. */
function withVariable(object: ReturnType<typeof recordedObject>, variable: object) {
  const { template } = z
    .object({ template: z.looseObject({ spec: z.looseObject({ containers: z.array(z.looseObject({})) }) }) })
    .parse(object.spec);
  const containers = template.spec.containers.map((container) => ({ ...container, env: [variable] }));
  const spec = {
    ...z.looseObject({}).parse(object.spec),
    template: { ...template, spec: { ...template.spec, containers } },
  };
  return { ...object, spec };
}

describe("an undo", () => {
  it("writes what differs of the revision before, for the object that was read, with its own cause of change", async () => {
    const { call, written } = await stage(cluster());

    const { body } = await call("rollout_undo", SHOP_CATALOG);

    expect(written.map(({ to, contentType }) => [to, contentType])).toEqual([
      [`PATCH ${APPS}/deployments/catalog?fieldManager=gatehouse`, "application/merge-patch+json"],
    ]);
    const patch = Rollback.parse(written[0]?.body);
    expect(patch.metadata).toMatchObject({
      annotations: { "gatehouse.dev/last-action": KEY, "kubernetes.io/change-cause": "release 5.1.0" },
    });
    expect(written[0]?.body).toMatchObject({ metadata: { uid: UID, resourceVersion: "4477" } });
    expect(patch.spec.template.metadata.labels).toEqual({ "app.kubernetes.io/version": "5.1.0" });
    expect(patch.spec.template.spec.containers.map(({ image }) => image)).toEqual([
      "registry.example/shop/catalog:5.1.0",
    ]);
    expect(JSON.stringify(written)).not.toContain("pod-template-hash");
    expect(body).toMatchObject({
      object: { generation: 4 },
      found: { uid: UID, generation: 3 },
      changed: true,
      summary: "Deployment shop/catalog goes back from revision 3 to the pods of revision 2.",
      before: { revision: 3 },
      after: { revision: 2 },
      diff: [
        "spec.template.metadata.labels.app.kubernetes.io/version: 5.2.0-rc1 → 5.1.0",
        "spec.template.spec.containers[catalog].image: registry.example/shop/catalog:5.2.0-rc1 → registry.example/shop/catalog:5.1.0",
      ],
    });
  });

  it("goes to the revision that is named", async () => {
    const { call, written } = await stage(cluster());

    const { body } = await call("rollout_undo", { ...SHOP_CATALOG, to_revision: 1 });

    expect(body).toMatchObject({ after: { revision: 1 } });
    expect(JSON.stringify(written[0]?.body)).toContain("catalog:5.0.0");
  });

  it("to the pods that it has already is nothing to do", async () => {
    const { call, written } = await stage(cluster());

    const { body } = await call("rollout_undo", { ...SHOP_CATALOG, to_revision: 3 });

    expect(body).toMatchObject({ changed: false, diff: [], affects: { pods: 0 } });
    expect(written).toEqual([]);
  });

  it.each([
    ["a revision that is not kept", { to_revision: 9 }, cluster(), "no revision 9; it keeps 3, 2, 1"],
    ["no revision before", {}, cluster({ [`GET ${APPS}/replicasets`]: list([]) }), "it keeps none"],
  ])("to %s names those there are", async (_, more, script, words) => {
    const { call, written } = await stage(script);

    const { status, body } = await call("rollout_undo", { ...SHOP_CATALOG, ...more });

    expect([status, written]).toEqual([404, []]);
    expect(body.error?.message).toContain(words);
  });

  it("takes no ReplicaSet of another Deployment of the same name, as one deleted before has left them", async () => {
    const stale = recordedItems("lists/replicasets-shop").map((item) => {
      const owned = z.looseObject({
        metadata: z.looseObject({ name: z.string(), ownerReferences: z.array(z.looseObject({})) }),
      });
      const one = owned.parse(item);
      const ownerReferences = one.metadata.ownerReferences.map((owner) => ({ ...owner, uid: "another" }));
      return withMetadata(one, { ownerReferences });
    });
    const { call } = await stage(cluster({ [`GET ${APPS}/replicasets`]: list(stale) }));

    expect((await call("rollout_undo", SHOP_CATALOG)).status).toBe(404);
  });

  it("shows that a variable changes, and neither of its values; what is written has them", async () => {
    const now = withVariable(CATALOG, { name: "DB_URL", value: "postgres://shop:hunter2-fake@db/now" });
    const then = withVariable(recordedObject("lists/replicasets-shop", "catalog-64cdfbdc78"), {
      name: "DB_URL",
      value: "postgres://shop:hunter2-fake@db/then",
    });
    const { call, written } = await stage(
      cluster({
        [`GET ${APPS}/deployments/catalog`]: answers(now),
        [`GET ${APPS}/replicasets`]: list([recordedObject("lists/replicasets-shop", "catalog-764d7d9b46"), then]),
      }),
    );

    const { body } = await call("rollout_undo", SHOP_CATALOG);

    expect(body.diff).toContain("spec.template.spec.containers[catalog].env[DB_URL].value: [hidden] → [hidden]");
    expect(JSON.stringify(body)).not.toMatch(/hunter2|db\/then/);
    expect(JSON.stringify(written)).toContain("db/then");
  });
});
