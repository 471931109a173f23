// A run that is cut off at any moment, and taken up again from what was saved: no change is ever made twice.

import { describe, expect, it } from "vitest";
import { err, ok } from "../../../../src/result.ts";
import { action, order, outcome, STEPS } from "../../../support/run-order.ts";
import { notDone, runWorld } from "../../../support/run-world.ts";
import type { Script } from "../../../support/run-world.ts";

const TWICE = order({ steps: [...STEPS.slice(0, 3), action("second"), ...STEPS.slice(3)] });

const SCRIPTS: readonly (readonly [string, Script])[] = [
  ["to its end", { order: TWICE, read: ({ args }) => ok({ replicas: 2, ready: !("name" in args) }) }],
  ["into on_failure", { order: TWICE, read: ({ args }) => ("name" in args ? ok({ replicas: 2 }) : notDone("no")) }],
  ["through lost answers", { order: TWICE, act: () => err({ kind: "answer_lost", message: "lost" }) }],
  [
    "through rounds of a change",
    {
      order: order({
        steps: [...STEPS.slice(0, 2), { ...action("again"), repeat: { until: "x", timeout: "5m" } }, ...STEPS.slice(3)],
      }),
      evaluate: (expression, { result }) => ok(expression !== "x" || !JSON.stringify(result).includes("blocked")),
      act: ({ request: { idempotency_key: key } }) =>
        ok(
          outcome({ evictions: String(key).endsWith(":3") ? [] : [{ namespace: "n", name: "p", result: "blocked" }] }),
        ),
    },
  ],
  ["through changes that never began", { act: (_, times) => (times < 2 ? notDone("down", 1_000) : ok(outcome())) }],
];

const moments = SCRIPTS.flatMap(([name, script]) =>
  (["before", "after"] as const).map((when) => [name, when, script] as const),
);

describe.each(moments)("a run %s, cut off %s anything that it does", (_, when, script) => {
  it("makes every change at most once, and says so where it cannot know", async () => {
    const whole = runWorld(script);
    await whole.drive();
    expect(whole.calls.length).toBeGreaterThan(15);

    for (let at = 0; at < whole.calls.length; at++) {
      const world = runWorld(script);
      world.crashAt(at, when);

      await world.drive();

      const { state } = world.run();
      expect(world.messages, `cut off ${when} ${whole.calls[at]}`).toEqual([...new Set(world.messages)]);
      expect(world.changed(), `cut off ${when} ${whole.calls[at]}`).toEqual([...new Set(world.changed())]);
      // In doubt only where a change had been announced, and the proxy knows nothing of it.
      if (state !== whole.run().state) {
        expect([state, world.asks.length > 0]).toEqual(["ambiguous", true]);
        expect(isWithinChange(whole.calls, at), `${state}: cut off ${when} ${whole.calls[at]}`).toBe(true);
      } else expect(world.acts).toHaveLength(whole.acts.length);
    }
  });

  it("tells the audit log of every step once", async () => {
    const whole = runWorld(script);
    await whole.drive();

    for (let at = 0; at < whole.calls.length; at++) {
      const world = runWorld(script);
      world.crashAt(at, when);
      await world.drive();

      const steps = world.events.filter(({ action }) => action === "run.step");
      const told = steps.map(({ facts }) => `${String(facts.phase)} ${String(facts.step)}`);
      expect(told).toEqual([...new Set(told)]);
      const ends = world.events.filter(({ action }) => action !== "run.step");
      expect(ends.map(({ action }) => action)).toEqual(["run.started", "run.ended"]);
    }
  });
});

/** Between the save that announces a change and the one that says how it ended. */
function isWithinChange(calls: readonly string[], at: number): boolean {
  return calls.slice(at - 1, at + 2).some((call) => call.startsWith("act "));
}
