// Runs on the platform: driven by the real engine of Workflows, executed by an object that may vanish at any moment.

import { env } from "cloudflare:workers";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import {
  aboutToRestart,
  approved,
  byHand,
  changes,
  desk,
  driven,
  human,
  READ,
  RESTART,
  SLOW,
  warmUp,
} from "./approved.ts";
import { asked, breakdown, eventually, forget } from "./world.ts";
import type { Redeemable } from "./approved.ts";

beforeAll(warmUp, 60_000);
afterEach(async () => {
  vi.useRealTimers();
  await breakdown({});
});

/** One turn after the other until the end, with `between` in between. Pauses are for the cluster, which is quick here. */
async function driveOn(run: Redeemable, between: (turn: number) => Promise<unknown> = () => Promise.resolve()) {
  const turns: string[] = [];
  await vi.waitUntil(
    async () => {
      await between(turns.length);
      const next = await run.run.advance().catch(() => undefined);
      if (next) turns.push(next.kind === "ended" ? next.state : next.label);
      return next?.kind === "ended";
    },
    { timeout: 50_000, interval: 20 },
  );
  return turns;
}

/** Every change asked for was asked for once. */
async function expectOneChange(run: Redeemable): Promise<void> {
  expect(await changes(run)).toHaveLength(1);
}

describe("a run", () => {
  it("is driven to its end by its workflow, and everybody is told", SLOW, async () => {
    const run = await approved(RESTART);
    await using instance = await driven(run);
    await forget();

    expect(await run.redeem()).toMatchObject({ ok: true, value: { runId: run.runId } });
    await instance.waitForStatus("complete");

    expect(await run.view()).toMatchObject({
      state: "succeeded",
      requester: run.key.principal,
      approvers: ["human:mia"],
      message: "All steps were done. Changed: Deployment shop/web restarts: its 3 pods are replaced, a few at a time.",
    });
    await expectOneChange(run);
    await eventually(async () => (await run.copied())[0]?.state === "succeeded");
    expect(await run.copied()).toMatchObject([
      { runbook: "restart-deployment", approvers: ["human:mia"], steps: (await run.states()).map(String) },
    ]);
    expect(await run.endOnDesk()).toBe("succeeded");
  });

  it("is one, however often its instance is asked for", SLOW, async () => {
    const run = await approved(RESTART);
    await using instance = await driven(run);
    await forget();

    const redeemed = await Promise.all([run.redeem(), run.redeem(), run.redeem()]);
    const created = await env.RUNBOOKS.create({ id: run.runId }).catch((cause: unknown) => String(cause));
    await instance.waitForStatus("complete");
    await Promise.all([run.run.advance(), run.run.advance()]);

    expect(redeemed.filter(({ ok }) => ok)).toHaveLength(1);
    expect(created).toMatch(/already.exists/);
    await expectOneChange(run);
    expect((await run.copied()).length).toBe(1);
  });

  it("leaves one trail: each row of the audit log names its approval", SLOW, async () => {
    const run = await approved(RESTART);
    await using instance = await driven(run);
    await run.redeem();
    await instance.waitForStatus("complete");

    await run.drain();

    const rows = await run.logged();
    const trail = rows.map(({ action, phase, tool, outcome }) =>
      [action, phase, tool, outcome].filter(Boolean).join(" "),
    );
    expect(trail.slice(0, 4)).toEqual([
      "approval.requested event ok",
      "approval.approved event ok",
      "approval.consumed event ok",
      "run.started event ok",
    ]);
    const change = trail.indexOf("tool.call intent runbook.act pending");
    expect(trail.slice(change, change + 3)).toEqual([
      "tool.call intent runbook.act pending",
      "tool.call outcome runbook.act ok",
      "run.step event ok",
    ]);
    expect(trail.filter((line) => line.startsWith("run.step"))).toHaveLength(9);
    expect(trail.at(-1)).toBe("run.ended event ok");
    expect(rows.find(({ tool }) => tool === "runbook.act")).toMatchObject({
      actor_id: run.key.principal,
      on_behalf_of: "team/oncall",
      cluster: "demo",
      namespace: "shop",
      params: { request: { idempotency_key: `${run.approval.id}:restart` } },
    });
  });

  it("that is asked for a step while it does one does it once, and is in no doubt about it", SLOW, async () => {
    const run = await aboutToRestart();
    await forget();
    await breakdown({ actions: "slow" });

    const both = Promise.all([run.run.advance(), run.run.advance()]);
    await eventually(async () => (await changes(run)).length > 0);
    await breakdown({});

    const [one, other] = await both;
    expect(other).toEqual(one);
    expect(await run.states()).toContain("restart done");
    await expectOneChange(run);
  });
});

describe("a run whose object is lost between any two steps (attack 71)", () => {
  it.each(["sleep", "crash"] as const)("goes on, and changes nothing a second time: %s", SLOW, async (lose) => {
    const run = await byHand(RESTART);
    await forget();

    const turns = await driveOn(run, (turn) => (turn === 0 ? Promise.resolve() : run[lose]()));

    expect(turns.at(-1)).toBe("succeeded");
    expect(turns.slice(0, 7)).toEqual([
      ...["has_pods", "more_than_one", "not_recreated", "not_paused", "not_rolling"],
      ...["restart", "settled"],
    ]);
    await expectOneChange(run);
  });

  it(
    "goes on where it was lost with a change under way: what became of it is asked, and nothing is repeated",
    SLOW,
    async () => {
      const run = await approved(RESTART);
      await using instance = await driven(run);
      await forget();
      await breakdown({ actions: "slow" });
      await run.redeem();
      await eventually(async () => (await changes(run)).length > 0);

      await run.crash();
      await breakdown({});
      await instance.waitForStatus("complete");

      expect((await run.view()).state).toBe("succeeded");
      await expectOneChange(run);
      await run.drain();
      const acts = (await run.logged()).filter(({ tool }) => tool === "runbook.act");
      expect(acts).toMatchObject([
        { phase: "intent", outcome: "pending" },
        { phase: "outcome", outcome: "unknown", reason: "interrupted" },
      ]);
    },
  );

  it("reads again what it was reading", SLOW, async () => {
    const run = await approved(READ);
    await using instance = await driven(run);
    await forget();
    await breakdown({ cluster: "slow" });
    await run.redeem();
    await eventually(async () => (await asked("cluster")).length > 0);

    await run.crash();
    await breakdown({});
    await instance.waitForStatus("complete");

    expect((await run.view()).state).toBe("succeeded");
  });
});

describe("an answer that is lost (attack 62)", () => {
  it("is asked for, and taken where the change was made", SLOW, async () => {
    const run = await byHand(RESTART);
    await forget();
    const losing = (turn: number) => breakdown(turn === 6 ? { actions: "answers lost" } : {});

    const turns = await driveOn(run, losing);

    expect(turns.at(-1)).toBe("succeeded");
    await expectOneChange(run);
  });

  it("stops the run for a human where nobody knows, and nothing is done any more (attack 62)", SLOW, async () => {
    const run = await approved(RESTART);
    await using instance = await driven(run);
    await forget();
    await breakdown({ actions: "hangs" });
    await run.redeem();
    await eventually(async () => (await changes(run)).length > 0);

    await breakdown({});
    await instance.waitForStatus("complete");

    const ended = await run.view();
    expect(ended.state).toBe("ambiguous");
    expect(ended.message).toContain("Nobody can say whether step restart took effect");
    expect((await run.states()).slice(6)).toEqual([
      "restart ambiguous",
      ...["settled", "tell", "tell_failed"].map((id) => `${id} skipped`),
    ]);
    await expectOneChange(run);
    expect(await run.run.advance()).toEqual({ kind: "ended", state: "ambiguous" });
    expect(await run.endOnDesk()).toBe("ambiguous");
  });
});

describe("a kill switch", () => {
  const flip = (on: boolean, by: string, name = "restart-deployment") =>
    desk().flip({ scope: "runbook", name, on, reason: "not today", by: human(by, ["incident-commander"]) });

  it(
    "that goes off between two steps keeps the run from the next one, which would change something (attack 72)",
    SLOW,
    async () => {
      const run = await byHand(RESTART);
      await forget();
      await run.run.advance();
      for (let turn = 0; turn < 4; turn++) await run.run.advance();

      await flip(false, "human:kai");
      const stopped = await run.run.advance();
      await flip(true, "human:mia");

      expect(stopped).toEqual({ kind: "ended", state: "stopped" });
      expect((await run.view()).message).toBe(
        "The runbook restart-deployment is switched off: not today. Nothing was changed.",
      );
      expect(await changes(run)).toEqual([]);
      expect(await run.run.advance()).toEqual({ kind: "ended", state: "stopped" });
    },
  );

  it(
    "that goes off while a step is under way lets it end, and keeps the run from the next one (attack 72)",
    SLOW,
    async () => {
      const run = await approved({ ...READ, params: { ...READ.params, name: "cart" } });
      await using instance = await driven(run);
      await forget();
      await breakdown({ cluster: "slow" });
      await run.redeem();
      await eventually(async () => (await asked("cluster")).length > 0);

      await flip(false, "human:kai", "collect-diagnostics");
      await breakdown({});
      await instance.waitForStatus("complete");
      await flip(true, "human:mia", "collect-diagnostics");

      expect(await run.view()).toMatchObject({ state: "stopped" });
      expect((await run.states()).slice(0, 2)).toEqual(["workload done", "has_pods skipped"]);
    },
  );
});
