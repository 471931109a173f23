// Who may have something changed, and what: tokens of one proxy open nothing of the other, and what is not named is not done.
import { describe, expect, it } from "vitest";
import { apiServer, json } from "../api-server.ts";
import { kubernetesWrites } from "../../src/actions/egress.ts";
import { ACTIONS } from "../../src/actions/handlers.ts";
import {
  ACTION_OUTCOME_ROUTE,
  ACTION_ROUTES,
  ACTION_TOKEN_TYPE,
  actionAudience,
  ROUTES,
  TOKEN_TYPE,
} from "../../src/contract/index.ts";
import { createRedactor } from "../../src/redact/redact.ts";
import { testProxy } from "../proxy-app.ts";
import { CLUSTER } from "../worker-side.ts";
import { ALL_ACTIONS, answers, KEY, plays, recordedObject, stage } from "./stage.ts";

import type { Script } from "./stage.ts";

const PATH = "/apis/apps/v1/namespaces/shop/deployments/web";
const CLUSTER_OF_WEB: Script = {
  [`GET ${PATH}`]: answers(recordedObject("lists/deployments-shop", "web")),
  "GET /apis/policy/v1/namespaces/shop/poddisruptionbudgets": plays("lists/poddisruptionbudgets-shop"),
  [`PATCH ${PATH}`]: plays("actions/200-rollout-restart-dry-run"),
};
const SHOP_WEB = { namespace: "shop", name: "web" };

describe("a call's token", () => {
  it.each([
    ["of the reading proxy", { type: TOKEN_TYPE, claims: { aud: CLUSTER } }],
    ["of the reading proxy's type", { type: TOKEN_TYPE }],
    ["for the reading proxy", { claims: { aud: CLUSTER } }],
    ["for another cluster's actions", { claims: { aud: actionAudience("other") } }],
    ["for another route", { claims: { path: ACTION_ROUTES.scale.path } }],
  ])("%s changes nothing here", async (_, how) => {
    const { call, written, read } = await stage(CLUSTER_OF_WEB);

    const { status, body } = await call("rollout_restart", SHOP_WEB, how);

    expect([status, body.error?.reason, written, read]).toEqual([401, "unauthenticated", [], []]);
  });

  it.each([
    ["of the actions proxy", { claims: { aud: actionAudience(CLUSTER) }, header: { typ: ACTION_TOKEN_TYPE } }],
    ["of its type", { header: { typ: ACTION_TOKEN_TYPE } }],
    ["for it", { claims: { aud: actionAudience(CLUSTER) } }],
  ])("%s reads nothing at the reading proxy", async (_, parts) => {
    const api = await apiServer(json({ metadata: {}, items: [] }));
    const proxy = await testProxy({ server: api.url });

    const response = await proxy.call({ namespace: "shop" }, parts);

    expect([response.status, api.requests.length]).toEqual([401, 0]);
    await api.close();
  });

  it("is good for one call (attack 63)", async () => {
    const { call } = await stage(CLUSTER_OF_WEB);
    const claims = { jti: "the-same-id-as-before" };

    const asked = { ...SHOP_WEB, dry_run: true };
    const first = await call("rollout_restart", asked, { claims });
    const second = await call("rollout_restart", asked, { claims });

    expect([first.status, second.status]).toEqual([200, 401]);
  });
});

describe("a namespace", () => {
  it.each([
    ["the token does not cover", { claims: { namespaces: ["payments"] } }, {}],
    ["this cluster has not opened", {}, { allowedNamespaces: ["payments"] }],
  ])("that %s keeps its objects as they are", async (_, how, options) => {
    const { call, written, read } = await stage(CLUSTER_OF_WEB, options);

    const { status, body } = await call("rollout_restart", SHOP_WEB, how);

    expect([status, body.error?.reason, written, read]).toEqual([403, "namespace_not_allowed", [], []]);
  });
});

describe("an action", () => {
  it("has a route each, and no other route is there", async () => {
    const { post } = await stage({});

    expect(ACTIONS.map(({ name, path }) => [name, path]).toSorted()).toEqual(
      Object.entries(ACTION_ROUTES)
        .map(([name, { path }]) => [name, path])
        .toSorted(),
    );
    expect((await post(ROUTES.listPods.path, { namespace: "shop" })).status).toBe(404);
  });

  it.each(ALL_ACTIONS)("that this cluster does not name is blocked, in a dry run as well: %s", async (action) => {
    const allowedActions = ALL_ACTIONS.filter((name) => name !== action);
    const { call, read, written } = await stage(CLUSTER_OF_WEB, { allowedActions });
    const asked = {
      ...(["cordon", "uncordon", "drain"].includes(action) ? { node: "node-1" } : { namespace: "shop" }),
      ...(["evict", "delete_pod"].includes(action) && { pod: "web-1" }),
      ...(["rollout_restart", "rollout_undo", "scale"].includes(action) && { name: "web" }),
      ...(action === "scale" && { replicas: 2 }),
    };

    const results = [await call(action, asked), await call(action, { ...asked, dry_run: true })];

    expect(results.map(({ status, body }) => [status, body.error?.reason])).toEqual([
      [423, "blocked"],
      [423, "blocked"],
    ]);
    expect([read, written]).toEqual([[], []]);
  });

  it.each([
    ["no key", { idempotency_key: undefined }],
    ["a key that is none", { idempotency_key: "ab cd efgh" }],
    ["no word on whether it is a dry run", { dry_run: undefined }],
    ["a field that nobody knows", { force: true }],
    ["a name that leads elsewhere", { name: "../secrets" }],
  ])("with %s is not understood", async (_, wrong) => {
    const { call, read } = await stage(CLUSTER_OF_WEB);

    const { status, body } = await call("rollout_restart", { ...SHOP_WEB, ...wrong });

    expect([status, body.error?.reason, read]).toEqual([400, "invalid_request", []]);
  });
});

describe("what is written down", () => {
  it("is a line before the write and one after it, with the key and the object and nothing of the body", async () => {
    const { call, events } = await stage(CLUSTER_OF_WEB);

    await call("rollout_restart", SHOP_WEB);

    expect(events).toEqual([
      {
        event: "acting",
        request_id: "generated-id",
        principal: "agent/oncall",
        action: "rollout_restart",
        object: "Deployment shop/web",
        key: KEY,
      },
      expect.objectContaining({
        event: "call",
        status: 200,
        principal: "agent/oncall",
        acted: { key: KEY, dry_run: false, object: "Deployment shop/web", changed: true, replayed: false },
      }),
    ]);
  });

  it("is one line of a dry run, and of what was refused", async () => {
    const { call, events } = await stage(CLUSTER_OF_WEB);

    await call("rollout_restart", { ...SHOP_WEB, dry_run: true });
    await call("rollout_restart", { ...SHOP_WEB, expect: { uid: "another" } });

    expect(events).toMatchObject([
      { event: "call", acted: { key: KEY, dry_run: true, changed: true } },
      { event: "call", status: 409, reason: "conflict", acted: { key: KEY, dry_run: false } },
    ]);
  });

  it("and what is answered hide what this cluster has named a secret", async () => {
    const { call, post } = await stage(CLUSTER_OF_WEB, { redact: createRedactor(["shop/web"]) });

    const acted = await call("rollout_restart", SHOP_WEB);
    const outcome = await post(ACTION_OUTCOME_ROUTE.path, { idempotency_key: KEY });

    for (const { body } of [acted, outcome]) {
      expect(JSON.stringify(body)).toContain("[REDACTED:custom]");
      expect(JSON.stringify(body)).not.toContain("shop/web");
    }
  });
});

describe("the probes", () => {
  it("say that it lives, and whether the API server can be reached", async () => {
    const reachable = await stage({ "GET /version": answers({ gitVersion: "v1.36.2" }) });
    const unreachable = await stage({ "GET /version": "cut" });

    const asked = [reachable, unreachable].map(async ({ app }) => {
      const ready = await app.request("/readyz");
      return [(await app.request("/healthz")).status, ready.status, await ready.json()];
    });

    expect(await Promise.all(asked)).toEqual([
      [200, 200, { status: "ready", version: "0.1.0" }],
      [200, 503, { status: "cluster_unavailable", version: "0.1.0" }],
    ]);
  });
});

describe("the way out", () => {
  it.each([
    ["a path that climbs", { kind: "Deployment", namespace: "shop", name: ".." }],
    ["an object below the one that was named", { kind: "Deployment", namespace: "shop", name: "web/scale" }],
    ["a name that no object has", { kind: "Deployment", namespace: "kube_system", name: "web" }],
  ] as const)("refuses %s before anything is sent", async (_, workload) => {
    const api = await apiServer(json({}));
    const writes = kubernetesWrites(
      { server: api.url, tls: {}, token: () => Promise.resolve(undefined) },
      { now: () => 0 },
    );

    await expect(
      writes.restart(workload, "now", { uid: "u", resourceVersion: "1", key: KEY, isDryRun: true }),
    ).rejects.toThrow(/may not be written|not checked/);

    expect(api.requests).toEqual([]);
    await writes.close();
    await api.close();
  });
});
