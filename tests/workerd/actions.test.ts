// Changing a cluster from the Worker as it is deployed, with the real actions proxy behind it, and what each outage tells it.

import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { deployment } from "../../src/objects/deployment.ts";
import { asked, breakdown, eventually, forget } from "./world.ts";
import type { ProxyCaller } from "../../src/ports/cluster.ts";

const { actions } = deployment.tooling({}, () => {
  throw new Error("nobody changes a setting here");
}).capabilities;

// The first request starts everything outside.
beforeAll(forget, 60_000);
afterEach(async () => {
  await breakdown({});
  await forget();
});

const caller = (signal = new AbortController().signal): ProxyCaller => ({
  cluster: "demo",
  namespaces: ["shop"],
  principalId: "agent:atlas",
  tool: "runbook.step",
  callId: crypto.randomUUID(),
  signal,
});

/** Each its own key, so that no test meets another's. */
const scale = (replicas: number, more: object = {}) => ({
  key: `${crypto.randomUUID()}:scale`,
  call(dry_run: boolean) {
    const request = { namespace: "shop", name: "cart", replicas, dry_run, idempotency_key: this.key, ...more };
    return { action: "scale", request } as const;
  },
});

describe("a change from the Worker", () => {
  it("is planned, made once and found again", async () => {
    const step = scale(4);

    const plan = await actions.act(step.call(true), caller());
    const found = plan.ok ? plan.value.found : undefined;
    const [done, again] = [
      await actions.act(step.call(false), caller()),
      await actions.act(step.call(false), caller()),
    ];

    expect(actions.installed).toEqual(["demo"]);
    expect(plan).toMatchObject({ ok: true, value: { dry_run: true, changed: true, after: { replicas: 4 } } });
    expect(done).toMatchObject({ ok: true, value: { found, replayed: false, after: { replicas: 4 } } });
    expect(again).toMatchObject({ ok: true, value: { found, replayed: true } });
    expect(await actions.outcome(step.key, caller())).toMatchObject({ value: { state: "done" } });
  });

  it("that never reached the proxy was not made", async () => {
    const step = scale(5);
    await breakdown({ actions: "down" });

    const failed = await actions.act(step.call(false), caller());

    await breakdown({});
    expect(failed).toMatchObject({
      ok: false,
      error: { kind: "upstream_unavailable", upstream: "actions-proxy/demo" },
    });
    expect(await actions.outcome(step.key, caller())).toMatchObject({ value: { state: "unknown" } });
  });

  it("whose answer is lost may have been made, and can be asked after", async () => {
    const step = scale(6);
    await breakdown({ actions: "answers lost" });

    const lost = await actions.act(step.call(false), caller());

    await breakdown({});
    expect(lost).toMatchObject({ ok: false, error: { kind: "answer_lost" } });
    expect(await actions.outcome(step.key, caller())).toMatchObject({
      value: { state: "done", outcome: { changed: true, after: { replicas: 6 } } },
    });
  });

  it.each(["hangs", "slow"] as const)("for which the time runs out may have been made: %s", async (outage) => {
    const step = scale(7);
    await breakdown({ actions: outage });
    const deadline = new AbortController();

    const answer = actions.act(step.call(false), caller(deadline.signal));
    await eventually(async () => (await asked("actions")).length === 1);
    deadline.abort();

    expect(await answer).toMatchObject({ ok: false, error: { kind: "answer_lost" } });
    expect(await asked("actions")).toHaveLength(1);
  });

  it("in a dry run is a failure and no more, whatever the outage", async () => {
    await breakdown({ actions: "answers lost" });

    expect(await actions.act(scale(8).call(true), caller())).toMatchObject({
      ok: false,
      error: { kind: "upstream_unavailable" },
    });
  });

  it("beyond what the cluster allows is the proxy's to refuse", async () => {
    expect(await actions.act(scale(21).call(false), caller())).toMatchObject({
      ok: false,
      error: { kind: "proxy_refused", error: { reason: "blocked" } },
    });
  });
});
