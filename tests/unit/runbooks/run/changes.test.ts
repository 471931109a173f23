// Changes: asked for as they were approved, once; and what becomes of a run whose answer is lost.

import { describe, expect, it } from "vitest";
import { err, ok } from "../../../../src/result.ts";
import { action, APPROVAL_ID, order, outcome, STEPS } from "../../../support/run-order.ts";
import { notDone, runWorld } from "../../../support/run-world.ts";

describe("a change", () => {
  it("is asked for under a key of its own, as what the approver saw", async () => {
    const world = runWorld();

    await world.drive();

    expect(world.acts).toEqual([
      {
        action: "rollout_restart",
        request: {
          namespace: "${params.namespace}",
          name: "${params.name}",
          dry_run: false,
          idempotency_key: `${APPROVAL_ID}:restart`,
          expect: { uid: "uid-web", generation: 4 },
        },
      },
    ]);
  });

  it("after another one to the same object expects that object, in whatever generation", async () => {
    const world = runWorld({ order: order({ steps: [action("first"), action("second")] }) });

    await world.drive();

    expect(world.acts.map(({ request }) => request.expect)).toEqual([
      { uid: "uid-web", generation: 4 },
      { uid: "uid-web" },
    ]);
  });

  it("after one that found everything as wanted expects the generation still", async () => {
    const world = runWorld({
      order: order({ steps: [action("first"), action("second")] }),
      act: () => ok(outcome({ changed: false, summary: "It was so already." })),
    });

    await world.drive();

    expect(world.acts.map(({ request }) => request.expect)).toEqual(Array(2).fill({ uid: "uid-web", generation: 4 }));
    expect(world.run().message).toBe("All steps were done. Nothing was changed.");
  });

  it("in on_failure expects nothing, whatever its step is called", async () => {
    const steps = [action("restart"), { id: "guard", check: { expr: "nonsense", message: "it makes no sense" } }];
    const world = runWorld({ order: order({ steps, on_failure: { steps: [action("restart")] } }) });

    await world.drive();

    expect(world.acts.map(({ request }) => [request.idempotency_key, request.expect])).toEqual([
      [`${APPROVAL_ID}:restart`, { uid: "uid-web", generation: 4 }],
      [`${APPROVAL_ID}:f:restart`, undefined],
    ]);
  });

  it("that never began is tried again, under the same key", async () => {
    const world = runWorld({ act: (_, times) => (times < 3 ? notDone("cannot be reached", 5_000) : ok(outcome())) });

    const said = await world.drive();

    expect(said).toContainEqual({ kind: "sleep", ms: 5_000, label: "restart (2)" });
    expect(world.acts.map(({ request }) => request.idempotency_key)).toEqual(Array(3).fill(`${APPROVAL_ID}:restart`));
    expect(world.run().state).toBe("succeeded");
  });

  it("that never begins, however often it is tried, has failed", async () => {
    const world = runWorld({ act: () => notDone("cannot be reached", 5_000) });

    await world.drive();

    expect(world.acts).toHaveLength(5);
    expect(world.run()).toMatchObject({
      state: "failed",
      message: "Step restart failed: cannot be reached. Nothing was changed.",
    });
  });

  it("that does not exist has failed", async () => {
    const world = runWorld({ order: order({ steps: [{ id: "odd", k8s: { action: "format_disk" } }] }) });

    await world.drive();

    expect(world.acts).toEqual([]);
    expect(world.run().message).toContain("there is no action format_disk");
  });

  it("keeps its outcome without its longest parts where that is too long", async () => {
    const long = outcome({ diff: Array.from({ length: 500 }, () => "x".repeat(100)) });
    const world = runWorld({ act: () => ok(long) });

    await world.drive();

    expect(world.run().steps[2]?.output).toEqual({ ...long, diff: [] });
  });
});

describe("an answer that is lost", () => {
  const lost = err({ kind: "answer_lost", message: "no answer" } as const);

  it("is asked for once, and taken where the change was made", async () => {
    const world = runWorld({ act: () => lost });

    await world.drive();

    expect(world.asks).toEqual([`${APPROVAL_ID}:restart`]);
    expect(world.acts).toHaveLength(1);
    expect(world.run().state).toBe("succeeded");
    expect(world.run().steps[2]?.output).toMatchObject({ replayed: true });
  });

  it("stops the run for a human where nobody knows, and nothing is repeated or undone", async () => {
    const world = runWorld({
      order: order({ steps: [action("first"), action("second"), ...STEPS.slice(3)] }),
      act: (_, times) => (times === 1 ? ok(outcome()) : lost),
      outcome: () => ({ state: "unknown" }),
    });

    const said = await world.drive();

    expect(said.at(-1)).toEqual({ kind: "ended", state: "ambiguous" });
    expect(world.acts).toHaveLength(2);
    expect(world.asks).toHaveLength(1);
    expect(world.run().message).toBe(
      "Nobody can say whether step second took effect (Does second): look at the object itself. The actions proxy says of it: unknown. Changed: Restarted Deployment shop/web.",
    );
    expect(world.states()).toEqual([
      "first done",
      "second ambiguous",
      "settle skipped",
      "tell skipped",
      "undo skipped",
      "told skipped",
    ]);
    expect(await world.step()).toEqual({ kind: "ended", state: "ambiguous" });
    expect(world.events.at(-1)).toMatchObject({ action: "run.ended", outcome: "unknown" });
  });

  it("is asked for again while the change is still under way", async () => {
    const world = runWorld({
      act: () => lost,
      outcome: (_, times) => (times < 3 ? { state: "under_way" } : { state: "done", outcome: outcome() }),
    });

    const said = await world.drive();

    expect(said.filter(({ kind }) => kind === "sleep")).toHaveLength(2);
    expect(world.acts).toHaveLength(1);
    expect(world.run().state).toBe("succeeded");
  });

  it.each([
    ["under way", { state: "under_way" } as const],
    ["asked of nobody", undefined],
  ])("leaves the run ambiguous where it stays %s", async (_, known) => {
    const world = runWorld({ act: () => lost, outcome: () => known });

    await world.drive();

    expect(world.asks).toHaveLength(6);
    expect(world.acts).toHaveLength(1);
    expect(world.run().state).toBe("ambiguous");
  });
});
