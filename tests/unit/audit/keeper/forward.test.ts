// The log as its receiver gets it: all of it, in the order of arrival, at least once, and after a failure the same again.

import { beforeEach, describe, expect, it } from "vitest";
import { keep } from "../../../../src/audit/keeper/keep.ts";
import { startOf } from "../../../../src/audit/days.ts";
import { evidenceStatus } from "../../../../src/audit/keeper/status.ts";
import { keepingOf } from "../../../support/keeping.ts";

const [MINUTE_MS, HOUR_MS] = [60_000, 3_600_000];
const startMs = startOf("2026-03-01");

let world: ReturnType<typeof keepingOf>;
beforeEach(async () => {
  world = keepingOf();
  world.setTime(startMs);
  await keep(world.keeping);
});

const after = (ms: number) => world.setTime(world.archived.nowMs + ms);
const linesOf = (body: string): readonly unknown[] =>
  body
    .trimEnd()
    .split("\n")
    .map((line): unknown => JSON.parse(line));
const sent = () => world.receiver.bodies.flatMap(linesOf);

describe("a receiver", () => {
  it("gets what arrives from its first day on, each as it was recorded and with what proves it", async () => {
    const [row] = world.archived.chain("c", [startMs]);
    after(5 * MINUTE_MS);

    await keep(world.keeping);

    expect(sent()).toEqual([{ ...JSON.parse(row?.record ?? ""), chain_id: "c", seq: 1, hash: row?.hash }]);
    expect(world.receiver.bodies[0]).toMatch(/^\{"event_id":.*\}\n$/);
  });

  it("gets nothing of before", async () => {
    world.archived.chain("old", [startMs - HOUR_MS]);
    after(HOUR_MS);

    await keep(world.keeping);

    expect(sent()).toEqual([]);
  });

  it("gets nothing that has arrived so lately that something older may still come", async () => {
    world.archived.chain("c", [startMs, startMs + 1], startMs + 5 * MINUTE_MS);
    world.setTime(startMs + 6 * MINUTE_MS);
    await keep(world.keeping);
    expect(sent()).toEqual([]);

    after(1);
    await keep(world.keeping);

    expect(sent()).toHaveLength(2);
  });

  it("gets more than one request holds, and more than one hour, in order and nothing twice", async () => {
    world.archived.chain(
      "c",
      Array.from({ length: 1_250 }, (_, index) => startMs + index * 10_000),
    );
    after(5 * HOUR_MS);

    await keep(world.keeping);
    await keep(world.keeping);

    expect(sent().length).toBe(1_250);
    expect(sent()).toMatchObject(Array.from({ length: 1_250 }, (_, index) => ({ seq: index + 1 })));
    expect(Math.max(...world.receiver.bodies.map((body) => linesOf(body).length))).toBeLessThanOrEqual(500);
  });

  it("gets long rows in small requests, and one that is longer than a request by itself", async () => {
    const rows = world.archived.chain("c", [startMs, startMs, startMs, startMs]);
    const long = rows.map((row, index) => ({
      ...row,
      record: JSON.stringify({ note: "x".repeat(index === 1 ? 2_000_000 : 400_000) }),
    }));
    world.archived.rows.splice(0, Infinity, ...long);
    after(HOUR_MS);

    await keep(world.keeping);

    expect(world.receiver.bodies.map((body) => linesOf(body).length)).toEqual([1, 1, 2]);
  });

  it("is asked again after longer and longer, and then in the next round, with the very same body", async () => {
    world.archived.chain("c", [startMs, startMs]);
    after(5 * MINUTE_MS);
    world.receiver.answers = [false, false, false, false];
    await keep(world.keeping);
    expect(world.pauses).toEqual([1_000, 5_000, 25_000]);
    // More has arrived: it does not slip into what may have been taken already.
    world.archived.chain("d", [startMs + 5 * MINUTE_MS]);
    after(15 * MINUTE_MS);

    await keep(world.keeping);

    const { bodies } = world.receiver;
    expect(new Set(bodies.slice(0, 5)).size).toBe(1);
    expect(bodies).toHaveLength(6);
    expect(linesOf(bodies[5] ?? "")).toMatchObject([{ chain_id: "d" }]);
  });

  it("is sent again what it may have taken when the keeper went away before it noted that", async () => {
    world.archived.chain("c", [startMs]);
    after(5 * MINUTE_MS);
    const before = new Map(world.progress.kept);
    await keep(world.keeping);
    for (const [name, value] of before) world.progress.kept.set(name, value);

    await keep(world.keeping);

    expect(world.receiver.bodies).toHaveLength(2);
    expect(world.receiver.bodies[0]).toBe(world.receiver.bodies[1]);
  });

  it("is told of in the status: how far it has come, and nothing where there is none", async () => {
    const status = (isForwarded: boolean) => evidenceStatus(world.progress, { isFiled: false, isForwarded });
    world.archived.chain("c", [startMs]);
    after(30 * MINUTE_MS);
    await keep(world.keeping);

    expect(status(true).forwardedUpToMs).toBe(startMs + 29 * MINUTE_MS);
    expect(status(false).forwardedUpToMs).toBeUndefined();
  });
});
