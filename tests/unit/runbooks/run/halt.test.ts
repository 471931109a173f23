// What keeps a run from its next step: kill switches, somebody who asks it to stop, and time.

import { describe, expect, it } from "vitest";
import { ok } from "../../../../src/result.ts";
import { giveUp } from "../../../../src/runbooks/run/advance.ts";
import { begin } from "../../../../src/runbooks/run/progress.ts";
import { START_MS } from "../../../support/clock.ts";
import { action, order } from "../../../support/run-order.ts";
import { killSwitch, notDone, runWorld } from "../../../support/run-world.ts";
import type { KillSwitch } from "../../../../src/ports/approvals.ts";

const unready = ok({ replicas: 2, ready: false });

describe("a kill switch", () => {
  const all: readonly KillSwitch[] = [
    killSwitch("all"),
    killSwitch("runbook", "restart-deployment"),
    killSwitch("cluster", "prod"),
    killSwitch("tool", "k8s.rollout_restart"),
    killSwitch("tool", "rollout_restart"),
    killSwitch("tool", "runbook.act"),
  ];

  it.each(all)("keeps the run from its next step: $scope $name", async (off) => {
    const world = runWorld();
    await world.step();
    await world.step();
    world.switchOff(off);

    expect(await world.step()).toEqual({ kind: "ended", state: "stopped" });

    expect(world.acts).toEqual([]);
    expect(world.run().message).toMatch(/switched off: not today\. Nothing was changed\.$/);
    expect(world.events.at(-1)).toMatchObject({ action: "run.ended", outcome: "cancelled" });
  });

  it.each([
    killSwitch("runbook", "another"),
    killSwitch("cluster", "staging"),
    killSwitch("tool", "k8s.scale"),
    killSwitch("tool", "k8s.list_pods"),
  ])("of something else keeps it from nothing: $scope $name", async (off) => {
    const world = runWorld();
    world.switchOff(off);

    await world.drive();

    expect(world.run().state).toBe("succeeded");
  });

  it("stops a wait between two questions, and undoes nothing", async () => {
    const world = runWorld({ read: (_, times) => (times === 1 ? ok({ replicas: 2 }) : unready) });
    for (let turn = 0; turn < 4; turn++) await world.step();
    world.switchOff(killSwitch("tool", "k8s.get_workload"));

    expect(await world.step()).toEqual({ kind: "ended", state: "stopped" });

    expect(world.acts).toHaveLength(1);
    expect(world.run().message).toBe(
      "The tool k8s.get_workload is switched off: not today. Changed: Restarted Deployment shop/web.",
    );
    expect(world.states()[3]).toBe("settle skipped");
  });

  it("stops on_failure as well, and the message says what had failed", async () => {
    const world = runWorld({ read: (_, times) => (times === 1 ? ok({ replicas: 2 }) : notDone("not allowed")) });
    for (let turn = 0; turn < 4; turn++) await world.step();
    world.switchOff(killSwitch("all"));

    await world.step();

    expect(world.run()).toMatchObject({ state: "stopped" });
    expect(world.run().message).toContain("Step settle failed: not allowed. All runbooks are switched off");
    expect(world.acts).toHaveLength(1);
  });

  it("that nobody can read keeps the run waiting, and after half a minute stops it", async () => {
    const world = runWorld();
    world.loseSwitches();

    const said = await world.drive();

    expect(said.map((next) => (next.kind === "sleep" ? next.ms : next))).toEqual([
      ...[2_000, 4_000, 8_000, 16_000, 32_000],
      { kind: "ended", state: "stopped" },
    ]);
    expect(world.reads).toEqual([]);
    expect(world.run().message).toBe("The kill switches could not be read. Nothing was changed.");
  });

  it("that can be read again lets it go on", async () => {
    const world = runWorld();
    world.loseSwitches();
    await world.step();
    world.switchOff();

    await world.drive();

    expect(world.run().state).toBe("succeeded");
    expect(world.progress().unread).toBe(0);
  });
});

describe("somebody who asks it to stop", () => {
  it("is heard between two steps, and what was changed is said and not undone", async () => {
    const world = runWorld();
    for (let turn = 0; turn < 3; turn++) await world.step();
    world.cancel("agent:atlas");

    expect(await world.step()).toEqual({ kind: "ended", state: "cancelled" });

    expect(world.acts).toHaveLength(1);
    expect(world.run().message).toBe("agent:atlas asked it to stop. Changed: Restarted Deployment shop/web.");
  });

  it("is heard before a kill switch that nobody can read", async () => {
    const world = runWorld();
    world.cancel("human:kai");
    world.loseSwitches();

    expect(await world.step()).toEqual({ kind: "ended", state: "cancelled" });
  });
});

describe("time", () => {
  it("that is up fails the step that comes next, and has on_failure done", async () => {
    const world = runWorld();
    for (let turn = 0; turn < 3; turn++) await world.step();
    world.clock.advance(20 * 60_000 + 1);

    await world.drive();

    expect(world.run().message).toBe(
      "Step settle failed: the run has taken longer than 20m. What on_failure says was done. Changed: Restarted Deployment shop/web; Restarted Deployment shop/web.",
    );
  });

  it("is enough where it is just not up", async () => {
    const world = runWorld();
    world.clock.advance(20 * 60_000);

    await world.drive();

    expect(world.run().state).toBe("succeeded");
  });

  it("for on_failure begins with it", async () => {
    const world = runWorld();
    for (let turn = 0; turn < 3; turn++) await world.step();
    world.clock.advance(20 * 60_000 + 1);
    await world.step();
    world.clock.advance(20 * 60_000 + 1);

    await world.drive();

    expect(world.acts).toHaveLength(1);
    expect(world.run().message).toContain("In on_failure, too: Step undo failed: the run has taken longer than 20m.");
  });
});

describe("a run that nobody drives any more", () => {
  it("has failed where no change was under way, and nothing more is done", async () => {
    const world = runWorld();
    await world.step();

    giveUp({ order: world.order, progress: world.progress() }, world.world, "The Workflow gave up.");

    expect(world.run()).toMatchObject({ state: "failed", message: "The Workflow gave up. Nothing was changed." });
  });

  it("is in doubt where one was", () => {
    const world = runWorld({ order: order({ steps: [action("restart")] }) });
    const { run, ...rest } = begin(world.order.approval, START_MS);
    const steps = run.steps.map((step) => (step.id === "restart" ? { ...step, state: "running" as const } : step));

    giveUp({ order: world.order, progress: { ...rest, run: { ...run, steps } } }, world.world, "It gave up.");

    expect(world.run()).toMatchObject({ state: "ambiguous" });
  });

  it("stays as it ended", async () => {
    const world = runWorld();
    await world.drive();

    expect(giveUp({ order: world.order, progress: world.progress() }, world.world, "late")).toEqual({
      kind: "ended",
      state: "succeeded",
    });
  });
});
