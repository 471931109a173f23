// A key acts once: whoever asks again gets the answer of before, and whoever asks something else under it gets none.
import { describe, expect, it } from "vitest";
import { keyMemory } from "../../src/actions/keys.ts";
import { ACTION_OUTCOME_ROUTE, ACTION_ROUTES } from "../../src/contract/index.ts";
import { answers, KEY, plays, recordedObject, stage } from "./stage.ts";

import type { Facts } from "../../src/actions/action.ts";
import type { Script, Stage } from "./stage.ts";

const PATH = "/apis/apps/v1/namespaces/shop/deployments/web";
const SHOP_WEB = { namespace: "shop", name: "web" };
const HOUR_MS = 3_600_000;

const cluster = (more: Script = {}): Script => ({
  [`GET ${PATH}`]: answers(recordedObject("lists/deployments-shop", "web")),
  "GET /apis/policy/v1/namespaces/shop/poddisruptionbudgets": plays("lists/poddisruptionbudgets-shop"),
  [`PATCH ${PATH}`]: plays("actions/200-rollout-restart-dry-run"),
  ...more,
});
const outcome = ({ post }: Stage, claims: object = {}) =>
  post(ACTION_OUTCOME_ROUTE.path, { idempotency_key: KEY }, { claims: { ...claims } });

describe("a key", () => {
  it("that was acted on answers the same again, and says that nothing was done this time", async () => {
    const { call, written, pass } = await stage(cluster());
    const first = await call("rollout_restart", SHOP_WEB);
    pass(23 * HOUR_MS);

    const second = await call("rollout_restart", SHOP_WEB);

    expect(written).toHaveLength(1);
    const { observed_at: _, replayed, ...rest } = second.body;
    expect(replayed).toBe(true);
    expect(first.body).toMatchObject({ ...rest, replayed: false });
  });

  it("is free again after a day", async () => {
    const { call, written, pass } = await stage(cluster());
    await call("rollout_restart", SHOP_WEB);
    pass(24 * HOUR_MS);

    await call("rollout_restart", SHOP_WEB);

    expect(written).toHaveLength(2);
  });

  it.each([
    ["another object", "rollout_restart", { namespace: "shop", name: "cart" }],
    ["another expectation", "rollout_restart", { ...SHOP_WEB, expect: { uid: "x", generation: 1 } }],
    ["another action", "rollout_undo", SHOP_WEB],
  ] as const)("that was used for %s is refused", async (_, action, asked) => {
    const { call, written } = await stage(cluster());
    await call("rollout_restart", SHOP_WEB);

    const { status, body } = await call(action, asked);

    expect([status, body.error?.reason, written.length]).toEqual([400, "invalid_request", 1]);
  });

  it("is not used up by dry runs, nor answered from one", async () => {
    const { call, written } = await stage(cluster());
    await call("rollout_restart", { ...SHOP_WEB, dry_run: true });

    const { body } = await call("rollout_restart", SHOP_WEB);
    const dry = await call("rollout_restart", { ...SHOP_WEB, dry_run: true });

    expect([body.replayed, dry.body.replayed, written.length]).toEqual([false, false, 3]);
  });

  it("that is under way acts once, however many ask at the same time", async () => {
    const { call, written } = await stage(cluster());

    const all = await Promise.all([1, 2, 3].map(() => call("rollout_restart", SHOP_WEB)));

    expect(all.map(({ status }) => status).toSorted()).toEqual([200, 409, 409]);
    expect(written).toHaveLength(1);
  });

  it.each([
    ["refused by the cluster", plays("actions/403-reader-patch"), 403],
    ["a conflict", plays("actions/409-restart-resource-version-conflict"), 409],
  ])("whose write was %s did nothing, and may be tried again", async (_, told, status) => {
    let isRefusing = true;
    const { call, written } = await stage(
      cluster({ [`PATCH ${PATH}`]: () => (isRefusing ? told : plays("actions/200-rollout-restart-dry-run")) }),
    );
    expect((await call("rollout_restart", SHOP_WEB)).status).toBe(status);

    isRefusing = false;
    const again = await call("rollout_restart", SHOP_WEB);

    expect([again.status, again.body.replayed, written.length]).toEqual([200, false, 2]);
  });

  it("whose answer was lost is never written under again", async () => {
    let isCut = true;
    const { call, written } = await stage(
      cluster({ [`PATCH ${PATH}`]: () => (isCut ? "cut" : plays("actions/200-rollout-restart-dry-run")) }),
    );
    const lost = await call("rollout_restart", SHOP_WEB);

    isCut = false;
    const again = await call("rollout_restart", SHOP_WEB);

    expect([lost, again].map(({ status, body }) => [status, body.error?.reason])).toEqual([
      [503, "cluster_unavailable"],
      [503, "cluster_unavailable"],
    ]);
    expect(written).toHaveLength(1);
  });
});

describe("the outcome of a key", () => {
  it("is that of the action, once it is done", async () => {
    const proxy = await stage(cluster());
    await proxy.call("rollout_restart", SHOP_WEB);

    const { status, body } = await outcome(proxy);

    expect(status).toBe(200);
    expect(body).toMatchObject({ state: "done", outcome: { changed: true, replayed: true, object: { name: "web" } } });
    expect(proxy.written).toHaveLength(1);
  });

  it("is unknown of a key that was never used, or was used for a dry run", async () => {
    const proxy = await stage(cluster());
    await proxy.call("rollout_restart", { ...SHOP_WEB, dry_run: true });

    expect((await outcome(proxy)).body.state).toBe("unknown");
  });

  it("is unknown where the cluster's answer was lost: nobody here knows", async () => {
    const proxy = await stage(cluster({ [`PATCH ${PATH}`]: "cut" }));
    await proxy.call("rollout_restart", SHOP_WEB);

    expect((await outcome(proxy)).body.state).toBe("unknown");
  });

  it("is kept from whoever may not look where it was done", async () => {
    const proxy = await stage(cluster());
    await proxy.call("rollout_restart", SHOP_WEB);

    const states = [["payments"], ["shop"]].map(
      async (namespaces) => (await outcome(proxy, { namespaces })).body.state,
    );

    expect(await Promise.all(states)).toEqual(["unknown", "done"]);
  });

  it("is known although whoever asked had left before the cluster answered", async () => {
    const caller = new AbortController();
    const proxy = await stage(
      cluster({
        [`PATCH ${PATH}`]: () => {
          caller.abort();
          return plays("actions/200-rollout-restart-dry-run");
        },
      }),
    );

    await proxy.post(
      ACTION_ROUTES.rollout_restart.path,
      { ...SHOP_WEB, dry_run: false, idempotency_key: KEY },
      { signal: caller.signal },
    );

    expect((await outcome(proxy)).body.state).toBe("done");
  });
});

describe("the memory of keys", () => {
  const use = (key: string) => ({ key, digest: "d", namespace: undefined });
  const facts: Facts = {
    object: { kind: "Pod", name: "x", uid: "u" },
    found: { uid: "u" },
    changed: true,
    summary: "",
    affects: {},
  };

  it("is bounded, and forgets nothing that is younger than a day to make room", () => {
    let time = 0;
    const keys = keyMemory({ keepMs: 100, capacity: 2, now: () => time });
    keys.claim(use("a"));
    time = 50;
    keys.claim(use("b"));

    expect(keys.claim(use("c")).state).toBe("full");
    expect(keys.claim(use("a")).state).toBe("under_way");

    time = 100;
    expect(keys.claim(use("c")).state).toBe("new");
    expect(keys.look("b")?.state).toBe("under_way");
  });

  it("forgets a key a day after it was claimed, whenever it was settled", () => {
    let time = 0;
    const keys = keyMemory({ keepMs: 100, capacity: 2, now: () => time });
    const first = keys.claim(use("a"));
    keys.claim(use("b"));
    time = 99;
    if (first.state === "new") first.claim.settle({ state: "done", facts });

    expect(keys.look("a")?.state).toBe("done");
    time = 100;
    expect([keys.look("a"), keys.look("b")]).toEqual([undefined, undefined]);
  });
});
