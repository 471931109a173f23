// A run from its first step to its end, and what becomes of the steps on the way.

import { describe, expect, it } from "vitest";
import { err, ok } from "../../../../src/result.ts";
import { advance } from "../../../../src/runbooks/run/advance.ts";
import { approvalIdOf } from "../../../../src/runbooks/run/progress.ts";
import { START_MS } from "../../../support/clock.ts";
import { action, APPROVAL_ID, order, outcome, RUN_ID, STEPS } from "../../../support/run-order.ts";
import { notDone, runWorld } from "../../../support/run-world.ts";

const unready = ok({ replicas: 2, ready: false });

describe("a run", () => {
  it("does one step a turn, in order, and says what comes next", async () => {
    const world = runWorld();

    expect(await world.drive()).toEqual([
      { kind: "next", label: "guard" },
      { kind: "next", label: "restart" },
      { kind: "next", label: "settle" },
      { kind: "next", label: "tell" },
      { kind: "ended", state: "succeeded" },
    ]);
    expect(world.run()).toMatchObject({
      id: RUN_ID,
      approvalId: APPROVAL_ID,
      state: "succeeded",
      message: "All steps were done. Changed: Restarted Deployment shop/web.",
      requester: "agent:atlas",
      approvers: ["human:mia"],
      startedAtMs: START_MS,
      endedAtMs: START_MS,
    });
    expect(world.states()).toEqual([
      "before done",
      "guard done",
      "restart done",
      "settle done",
      "tell done",
      "undo skipped",
      "told skipped",
    ]);
    expect(world.messages).toEqual(["restarted ${params.name}"]);
  });

  it("is saved before a step begins and after it has ended", async () => {
    const world = runWorld();

    await world.step();
    await world.step();
    await world.step();

    expect(world.calls).toEqual([
      "save",
      "switches",
      "save",
      "read k8s.get_workload",
      "save",
      ...["switches", "save", "save"],
      ...["switches", "save", "act rollout_restart", "save"],
    ]);
  });

  it("gets another revision with every change", async () => {
    const world = runWorld();

    await world.drive();

    const saved = world.saves.map((text): unknown => JSON.parse(text));
    expect(saved).toMatchObject(world.saves.map((_, index) => ({ run: { revision: index + 1 } })));
  });

  it("changes nothing any more when it has ended", async () => {
    const world = runWorld();
    await world.drive();
    const before = world.saves.length;

    expect(await world.step()).toEqual({ kind: "ended", state: "succeeded" });

    expect(world.saves).toHaveLength(before);
    expect(world.acts).toHaveLength(1);
  });

  it("does nothing where its state cannot be kept", async () => {
    const world = runWorld();
    await world.step();
    await world.step();
    const full = { ...world.world, save: () => refuse() };

    await expect(advance({ order: world.order, progress: world.progress() }, full)).rejects.toThrow("storage is full");

    expect(world.acts).toEqual([]);
  });

  it("tells the audit log of its beginning, of every step and of its end", async () => {
    const world = runWorld();

    await world.drive();

    const events = world.events;
    expect(events.map(({ action, outcome }) => `${action} ${outcome}`)).toEqual([
      "run.started ok",
      ...["run.step ok", "run.step ok", "run.step ok", "run.step ok", "run.step ok"],
      "run.ended ok",
    ]);
    expect(events[0]?.facts).toMatchObject({ run_id: RUN_ID, version: 3, approvers: ["human:mia"] });
    expect(events[3]?.facts).toMatchObject({ step: "restart", kind: "k8s", state: "done", phase: "steps" });
  });
});

describe("a step that fails", () => {
  it("before anything was changed ends the run, and nothing is undone", async () => {
    const world = runWorld({ read: () => ok({ replicas: 1, ready: true }) });

    await world.drive();

    expect(world.run()).toMatchObject({
      state: "failed",
      message: "Step guard failed: a single replica would be down. Nothing was changed.",
    });
    expect(world.acts).toEqual([]);
    expect(world.states().slice(2)).toEqual(["restart", "settle", "tell", "undo", "told"].map((id) => `${id} skipped`));
  });

  it("after something was changed has on_failure done, once, expecting nothing", async () => {
    const world = runWorld({ read: (_, times) => (times === 1 ? ok({ replicas: 2 }) : notDone("not allowed")) });

    const said = await world.drive();

    expect(said.map((next) => (next.kind === "ended" ? next.state : next.label))).toEqual([
      ...["guard", "restart", "settle"],
      ...["on_failure: undo", "on_failure: told"],
      "failed",
    ]);
    expect(world.acts[1]).toEqual({
      action: "rollout_undo",
      request: {
        namespace: "${params.namespace}",
        name: "${params.name}",
        dry_run: false,
        idempotency_key: `${APPROVAL_ID}:f:undo`,
      },
    });
    expect(world.run().message).toBe(
      "Step settle failed: not allowed. What on_failure says was done. Changed: Restarted Deployment shop/web; Restarted Deployment shop/web.",
    );
    expect(world.states()).toEqual([
      "before done",
      "guard done",
      "restart done",
      "settle failed",
      "tell skipped",
      "undo done",
      "told done",
    ]);
  });

  it("in on_failure ends the run: nothing undoes an undoing", async () => {
    const world = runWorld({
      read: (_, times) => (times === 1 ? ok({ replicas: 2 }) : notDone("not allowed")),
      act: (_, times) => (times === 1 ? ok(outcome()) : notDone("it is protected")),
    });

    await world.drive();

    expect(world.acts).toHaveLength(2);
    expect(world.run().message).toContain(
      "Step settle failed: not allowed. In on_failure, too: Step undo failed: it is protected.",
    );
    expect(world.states().slice(-2)).toEqual(["undo failed", "told skipped"]);
  });

  it("without an on_failure only ends the run", async () => {
    const steps = [action("restart"), { id: "guard", check: { expr: "nonsense", message: "it makes no sense" } }];
    const world = runWorld({ order: order({ steps, on_failure: undefined }) });

    await world.drive();

    expect(world.run().message).toBe(
      "Step guard failed: the test knows no nonsense. Changed: Restarted Deployment shop/web.",
    );
  });

  it("has failed, too, where its arguments cannot be made", async () => {
    const world = runWorld();
    const failing = { ...world.world, render: () => err("there is no steps.x") };

    await advance({ order: world.order, progress: world.progress() }, failing);

    expect(world.run().message).toBe("Step before failed: there is no steps.x. Nothing was changed.");
  });
});

describe("a read", () => {
  it("that cannot be had at the moment is tried again, less and less often", async () => {
    const world = runWorld({
      read: (_, times) => (times < 5 ? notDone("out of service", 2_000) : ok({ replicas: 2 })),
    });

    const said = [await world.step(), await world.step(), await world.step(), await world.step(), await world.step()];

    expect(said).toEqual([
      { kind: "sleep", ms: 2_000, label: "before (2)" },
      { kind: "sleep", ms: 4_000, label: "before (3)" },
      { kind: "sleep", ms: 8_000, label: "before (4)" },
      { kind: "sleep", ms: 16_000, label: "before (5)" },
      { kind: "next", label: "guard" },
    ]);
  });

  it("of which nothing can be saved has failed", async () => {
    const world = runWorld();
    const failing = { ...world.world, pick: () => err("what is to be saved is too much") };

    await advance({ order: world.order, progress: world.progress() }, failing);

    expect(world.run().message).toBe("Step before failed: what is to be saved is too much. Nothing was changed.");
  });

  it("is there for later steps, with what it has saved", async () => {
    const scopes: unknown[] = [];
    const world = runWorld({
      evaluate: (_, { params, steps }) => {
        scopes.push({ params, steps });
        return ok(true);
      },
    });

    await world.drive();

    const params = { namespace: "shop", name: "web" };
    const before = { replicas: 2, ready: true };
    expect(scopes).toEqual([
      { params, steps: { before } },
      { params, steps: { before, guard: {}, restart: { changed: true, evictions: [] } } },
    ]);
  });
});

describe("words for people", () => {
  it("that go nowhere stop nothing, and the step says so", async () => {
    const world = runWorld({ order: order({ steps: STEPS.slice(4) }) });
    const deaf = { ...world.world, notify: () => Promise.resolve(false) };

    await advance({ order: world.order, progress: world.progress() }, deaf);

    expect(world.run()).toMatchObject({
      state: "succeeded",
      steps: [{ state: "done", message: "Nobody was told: there is no webhook oncall." }, {}, {}],
    });
  });
});

describe("a wait", () => {
  const waiting = { order: order({ steps: STEPS.slice(3, 4), on_failure: undefined }) };

  it("asks at its interval until it holds, and counts", async () => {
    const world = runWorld({ ...waiting, read: (_, times) => (times < 4 ? unready : ok({ ready: true })) });

    const said = await world.drive();

    expect(said.slice(0, -1)).toEqual(
      [2, 3, 4].map((time) => ({ kind: "sleep", ms: 10_000, label: `settle (${time})` })),
    );
    expect(world.run().steps[0]).toMatchObject({ state: "done", attempts: 4, startedAtMs: START_MS });
  });

  it("asks a last time when its time is up, and has then failed", async () => {
    const world = runWorld({ ...waiting, read: () => unready });

    await world.drive();

    expect(world.clock.now()).toBe(START_MS + 120_000);
    expect(world.run()).toMatchObject({
      state: "failed",
      message: "Step settle failed: it did not come to be within 2m. Not yet: result.ready. Nothing was changed.",
    });
  });

  it("asks no later than its time is up", async () => {
    const steps = [{ id: "settle", wait: { tool: "t", until: "result.ready", timeout: "25s", interval: "10s" } }];
    const world = runWorld({ order: order({ steps }), read: () => unready });

    const said = await world.drive();

    expect(said.map((next) => next.kind === "sleep" && next.ms)).toEqual([10_000, 10_000, 5_000, false]);
  });

  it("goes on through an outage", async () => {
    const world = runWorld({
      ...waiting,
      read: (_, times) => (times < 6 ? notDone("down", 1_000) : ok({ ready: true })),
    });

    await world.drive();

    expect(world.run().state).toBe("succeeded");
    expect(world.reads).toHaveLength(6);
  });

  it("takes what cannot be compared yet for not yet", async () => {
    const world = runWorld({ ...waiting, evaluate: () => err("no such key: ready") });

    await world.step();

    expect(world.run().steps[0]).toMatchObject({ state: "waiting", message: "Not yet: no such key: ready" });
  });

  it("asks less often than a Workflow has steps", async () => {
    const steps = [{ id: "long", wait: { tool: "t", until: "result.ready", timeout: "9h", interval: "1s" } }];
    const world = runWorld({ order: order({ steps, limits: { timeout: "10h" } }), read: () => unready });

    expect(await world.step()).toEqual({ kind: "sleep", ms: 90_000, label: "long (2)" });
  });
});

describe("a run's id", () => {
  it.each([
    [RUN_ID, APPROVAL_ID],
    ["rb-", undefined],
    [APPROVAL_ID, undefined],
    ["rb-../../x", undefined],
  ])("%j is of the approval %j", (runId, approvalId) => {
    expect(approvalIdOf(runId)).toBe(approvalId);
  });
});

function refuse(): never {
  throw new Error("storage is full");
}
