// A change that is made again and again until it was enough: a node is emptied as its disruption budgets allow.

import { describe, expect, it } from "vitest";
import { err, ok } from "../../../../src/result.ts";
import { START_MS } from "../../../support/clock.ts";
import { action, APPROVAL_ID, order, outcome } from "../../../support/run-order.ts";
import { killSwitch, notDone, runWorld } from "../../../support/run-world.ts";
import type { ActionOutcome } from "k8s-proxy/contract";
import type { Scope } from "../../../../src/runbooks/run/world.ts";

const repeat = { until: '!("blocked" in result.evictions)', timeout: "30s", interval: "10s" };
const empty = { id: "empty", k8s: { action: "drain", node: "n1" }, repeat };
const DRAIN = order({ steps: [empty] });
const isEmpty = (_: string, { result }: Scope) => ok(!JSON.stringify(result).includes("blocked"));

function round(result: "evicted" | "blocked", changed = result === "evicted"): ActionOutcome {
  const evictions = [{ namespace: "shop", name: "web-1", result }];
  return outcome({ changed, evictions, summary: `Node n1: ${result}.` });
}

describe("a change that is repeated", () => {
  it("is made under another key each round, until it was enough", async () => {
    const world = runWorld({
      order: DRAIN,
      evaluate: isEmpty,
      act: (_, times) => ok(times < 3 ? round("blocked", true) : round("evicted")),
    });

    const said = await world.drive();

    expect(said).toEqual([
      { kind: "sleep", ms: 10_000, label: "empty (2)" },
      { kind: "sleep", ms: 10_000, label: "empty (3)" },
      { kind: "ended", state: "succeeded" },
    ]);
    expect(world.acts.map(({ request }) => request.idempotency_key)).toEqual([
      `${APPROVAL_ID}:empty`,
      `${APPROVAL_ID}:empty:2`,
      `${APPROVAL_ID}:empty:3`,
    ]);
  });

  it("expects of its second round the object that its first has changed, and no generation", async () => {
    const world = runWorld({
      order: DRAIN,
      evaluate: isEmpty,
      act: (_, times) => ok(times < 2 ? round("blocked", true) : round("evicted")),
    });

    await world.drive();

    expect(world.acts.map(({ request }) => request.expect)).toEqual([
      { uid: "uid-web", generation: 4 },
      { uid: "uid-web" },
    ]);
  });

  it("has changed something where any of its rounds has", async () => {
    const world = runWorld({
      order: DRAIN,
      evaluate: isEmpty,
      act: (_, times) => ok(times < 2 ? round("blocked", true) : round("evicted", false)),
    });

    await world.drive();

    expect(world.run().message).toBe("All steps were done. Changed: Node n1: evicted.");
  });

  it("that is never enough has failed when its time is up, and is undone", async () => {
    const world = runWorld({ order: DRAIN, evaluate: isEmpty, act: () => ok(round("blocked", true)) });

    await world.drive();

    expect(world.clock.now()).toBe(START_MS + 30_000);
    expect(world.acts.map(({ action }) => action)).toEqual([...Array<string>(4).fill("drain"), "rollout_undo"]);
    expect(world.run().message).toContain("Step empty failed: it did not come to be within 30s.");
    expect(world.states()).toEqual(["empty failed", "undo done", "told done"]);
  });

  it("is not undone where no round has changed anything", async () => {
    const world = runWorld({ order: DRAIN, evaluate: isEmpty, act: () => ok(round("blocked")) });

    await world.drive();

    expect(world.states()).toEqual(["empty failed", "undo skipped", "told skipped"]);
  });

  it("is stopped between two rounds", async () => {
    const world = runWorld({ order: DRAIN, evaluate: isEmpty, act: () => ok(round("blocked", true)) });
    await world.step();
    world.switchOff(killSwitch("tool", "k8s.drain"));

    expect(await world.step()).toEqual({ kind: "ended", state: "stopped" });

    expect(world.acts).toHaveLength(1);
    expect(world.run().message).toContain("Changed: Node n1: blocked.");
  });

  it("asks what became of a round under that round's key", async () => {
    const lost = err({ kind: "answer_lost", message: "lost" } as const);
    const world = runWorld({
      order: DRAIN,
      evaluate: isEmpty,
      act: (_, times) => (times === 1 ? ok(round("blocked", true)) : lost),
      outcome: () => ({ state: "done", outcome: round("evicted") }),
    });

    await world.drive();

    expect(world.asks).toEqual([`${APPROVAL_ID}:empty:2`]);
    expect(world.run().state).toBe("succeeded");
  });

  it("tries a round that never began again under the same key, as often as the first", async () => {
    const world = runWorld({
      order: DRAIN,
      evaluate: isEmpty,
      act: (_, times) => {
        if (times === 2) return ok(round("blocked", true));
        return times < 5 ? notDone("down", 1_000) : ok(round("evicted"));
      },
    });

    await world.drive();

    const keys = world.acts.map(({ request }) => request.idempotency_key);
    expect(keys).toEqual(["", "", ":2", ":2", ":2"].map((suffix) => `${APPROVAL_ID}:empty${suffix}`));
    expect(world.run().state).toBe("succeeded");
  });

  it("keeps two steps of one action apart", async () => {
    const world = runWorld({ order: order({ steps: [action("first"), action("second")] }) });

    await world.drive();

    expect(new Set(world.changed()).size).toBe(2);
  });
});
