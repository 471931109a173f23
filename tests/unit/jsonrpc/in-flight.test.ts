import { describe, expect, it } from "vitest";
import { InFlight, MAX_RUNNING } from "../../../src/jsonrpc/in-flight.ts";
import { gate, settled } from "../../support/gate.ts";

describe("the requests of a connection", () => {
  it("have ids of their own: one that is taken starts nothing, and does not disturb its owner", async () => {
    const inFlight = new InFlight();
    const first = gate<number>();
    const running = inFlight.run("id", () => first.opened);

    const second = await inFlight.run("id", () => Promise.resolve(2));
    first.open(1);

    expect([await running, second]).toEqual([
      { ok: true, value: 1 },
      { ok: false, error: { kind: "duplicate_id" } },
    ]);
    expect([inFlight.size, inFlight.has("id")]).toEqual([0, false]);
  });

  it("give their place back when their work throws", async () => {
    const inFlight = new InFlight();
    const broken = Array.from({ length: 3 * MAX_RUNNING }, (_, id) =>
      inFlight.run(id, () => Promise.reject(new Error("bug"))).catch(() => "failed"),
    );

    await expect(Promise.all(broken)).resolves.toEqual(Array(3 * MAX_RUNNING).fill("failed"));

    expect(inFlight.size).toBe(0);
    await expect(inFlight.run("next", () => Promise.resolve(1))).resolves.toEqual({ ok: true, value: 1 });
  });

  it("that were cancelled while they waited start with their signal aborted, so that they are answered like any other", async () => {
    const inFlight = new InFlight();
    const gates = Array.from({ length: MAX_RUNNING }, () => gate());
    gates.forEach(({ opened }, id) => void inFlight.run(id, () => opened));
    const waiting = inFlight.run("late", (signal) => Promise.resolve(signal.aborted));

    expect([inFlight.cancel("late"), inFlight.cancel("unknown")]).toEqual([true, false]);
    await settled();
    gates[0]?.open();

    expect(await waiting).toEqual({ ok: true, value: true });
  });
});
