// Taking one pod away: with its disruption budget's leave, or without.
import { describe, expect, it } from "vitest";
import { answers, list, plays, recordedObject, stage, withMetadata } from "./stage.ts";

import type { Script } from "./stage.ts";

const NAME = "cart-945b4c9b8-p855k";
const CART = recordedObject("lists/pods-shop", NAME);
const UID = "cbf4d918-de40-4bff-b03b-94a28c1586bb";
const PATH = `/api/v1/namespaces/shop/pods/${NAME}`;
const ASKED = { namespace: "shop", pod: NAME };

const cluster = (more: Script = {}): Script => ({
  [`GET ${PATH}`]: answers(CART),
  "GET /apis/policy/v1/namespaces/shop/poddisruptionbudgets": plays("lists/poddisruptionbudgets-shop"),
  [`POST ${PATH}/eviction`]: plays("actions/201-eviction-dry-run"),
  [`DELETE ${PATH}`]: plays("actions/200-delete-pod-dry-run"),
  ...more,
});

describe("an eviction", () => {
  it("is asked of the pod that was read and no other of its name", async () => {
    const { call, written } = await stage(cluster());

    const { status, body } = await call("evict", ASKED);

    expect(written).toEqual([
      {
        to: `POST ${PATH}/eviction`,
        contentType: "application/json",
        body: {
          apiVersion: "policy/v1",
          kind: "Eviction",
          metadata: { name: NAME, namespace: "shop" },
          deleteOptions: { preconditions: { uid: UID } },
        },
      },
    ]);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      object: { kind: "Pod", namespace: "shop", name: NAME, uid: UID },
      found: { uid: UID },
      changed: true,
      summary: `Pod shop/${NAME} is evicted from node-1; ReplicaSet cart-945b4c9b8 makes another.`,
      affects: { pods: 1, budgets: [{ name: "cart", allowed: 1 }] },
    });
  });

  it.each([true, false])(
    "that a budget holds back is blocked, in the budget's words (dry run: %s)",
    async (dry_run) => {
      const { call } = await stage(cluster({ [`POST ${PATH}/eviction`]: plays("actions/429-eviction-pdb") }));

      const { status, body } = await call("evict", { ...ASKED, dry_run });

      expect([status, body.error?.reason]).toEqual([423, "blocked"]);
      expect(body.error?.message).toBe(
        "The disruption budget web needs 3 healthy pods and has 3 currently. Nothing was changed",
      );
    },
  );
});

describe("a deletion", () => {
  it("carries the uid of the pod that was read", async () => {
    const { call, written } = await stage(cluster());

    const { body } = await call("delete_pod", ASKED);

    const options = { apiVersion: "v1", kind: "DeleteOptions", preconditions: { uid: UID } };
    expect(written).toEqual([{ to: `DELETE ${PATH}`, contentType: "application/json", body: options }]);
    expect(body).toMatchObject({ changed: true, summary: expect.stringContaining("is deleted; ReplicaSet cart") });
  });

  it("of a pod that was made anew meanwhile is a conflict", async () => {
    const { call } = await stage(cluster({ [`DELETE ${PATH}`]: plays("actions/409-delete-pod-uid-precondition") }));

    expect(await call("delete_pod", ASKED)).toMatchObject({ status: 409, body: { error: { reason: "conflict" } } });
  });
});

describe.each(["evict", "delete_pod"] as const)("%s", (action) => {
  const expected = { ...ASKED, expect: { uid: UID } };

  it("of the pod that was seen goes on, whatever its generation", async () => {
    const { call } = await stage(cluster());

    expect((await call(action, { ...ASKED, expect: { uid: UID, generation: 17 } })).status).toBe(200);
  });

  it("of another pod of that name is a conflict", async () => {
    const { call, written } = await stage(
      cluster({ [`GET ${PATH}`]: answers(withMetadata(CART, { uid: "another" })) }),
    );

    expect([(await call(action, expected)).body.error?.reason, written]).toEqual(["conflict", []]);
  });

  it("of the pod that was seen and is gone has nothing to do", async () => {
    const { call, written } = await stage(cluster({ [`GET ${PATH}`]: plays("errors/404-pod") }));

    const { status, body } = await call(action, expected);

    expect([status, body.changed, body.object, written]).toEqual([
      200,
      false,
      { kind: "Pod", namespace: "shop", name: NAME, uid: UID },
      [],
    ]);
  });

  it("of a pod that nobody has seen and that is not there is not found", async () => {
    const { call } = await stage(cluster({ [`GET ${PATH}`]: plays("errors/404-pod") }));

    expect((await call(action, ASKED)).status).toBe(404);
  });

  it("of a pod that is being deleted says what holds it", async () => {
    const stuck = withMetadata(CART, {
      deletionTimestamp: "2026-11-23T02:00:00Z",
      finalizers: ["ops.example.com/backup"],
    });
    const { call, written } = await stage(cluster({ [`GET ${PATH}`]: answers(stuck) }));

    const { body } = await call(action, ASKED);

    expect([body.changed, written]).toEqual([false, []]);
    expect(body.summary).toContain("held by its finalizers ops.example.com/backup");
  });

  it("of a static pod is blocked: its kubelet would make it again", async () => {
    const mirror = withMetadata(CART, { annotations: { "kubernetes.io/config.mirror": "3f" } });
    const { call, written } = await stage(cluster({ [`GET ${PATH}`]: answers(mirror) }));

    expect([(await call(action, ASKED)).body.error?.reason, written]).toEqual(["blocked", []]);
  });

  it("says when nothing makes another", async () => {
    const bare = withMetadata(CART, { ownerReferences: [] });
    const { call } = await stage(cluster({ [`GET ${PATH}`]: answers(bare) }));

    expect((await call(action, { ...ASKED, dry_run: true })).body.summary).toContain("nothing makes another");
  });
});

describe("an eviction of a pod under two budgets", () => {
  it("is blocked before it is asked for", async () => {
    const budget = recordedObject("lists/poddisruptionbudgets-shop", "cart");
    const { call, written } = await stage(
      cluster({ "GET /apis/policy/v1/namespaces/shop/poddisruptionbudgets": list([budget, budget]) }),
    );

    expect([(await call("evict", ASKED)).body.error?.reason, written]).toEqual(["blocked", []]);
  });
});
