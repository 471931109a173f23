// Refusals are rows like any other, until there are too many of a kind: then they are counted, and the count is a row.

import { describe, expect, it } from "vitest";
import { REFUSALS_IN_FULL } from "../../../src/audit/journal.ts";
import { START_MS } from "../../support/clock.ts";
import { ACTOR, breaksIn, entry, journalOn, recordsIn } from "../../support/journal-rows.ts";
import { sampleTool } from "../../support/sample-tools.ts";
import { world } from "../../support/world.ts";

type Shelf = ReturnType<typeof journalOn>;

async function refuse({ journal, endTurn }: Shelf, count: number, changes: Parameters<typeof entry>[0] = {}) {
  const refusal = entry({ decision: "refused", outcome: "refused", reason: "rate_limited", ...changes });
  const written = Array.from({ length: count }, () => journal.refuse(refusal, ACTOR));
  endTurn();
  return Promise.all(written);
}

const rowsOf = ({ store }: Shelf) => recordsIn(store.pending(10_000));
const countedOf = ({ store }: Shelf) => store.refusals(Number.MAX_SAFE_INTEGER);

describe("a flood of refusals", () => {
  it("is written down one by one up to ten of a kind in a minute, and counted from then on", async () => {
    const shelf = journalOn();

    await refuse(shelf, 1_000);

    expect(REFUSALS_IN_FULL).toBe(10);
    expect(rowsOf(shelf)).toHaveLength(10);
    expect(countedOf(shelf)).toMatchObject([{ windowStartMs: START_MS, count: 990 }]);
  });

  it("becomes one line for each kind, which says how many and where it stands in the chain", async () => {
    const shelf = journalOn();
    await refuse(shelf, 25);
    await refuse(shelf, 12, { tool: "ctx.set" });
    shelf.clock.advance(60_000);

    shelf.journal.closeRefusals("ended");

    const counts = rowsOf(shelf).filter(({ action }) => action === "refusals");
    expect(counts).toMatchObject([
      {
        phase: "event",
        tool: "ctx.get",
        reason: "rate_limited",
        decision: "refused",
        outcome: "refused",
        count: 15,
        seq: 21,
      },
      {
        phase: "event",
        tool: "ctx.set",
        reason: "rate_limited",
        decision: "refused",
        outcome: "refused",
        count: 2,
        seq: 22,
      },
    ]);
    expect(breaksIn(shelf.store.pending(100))).toEqual([]);
  });

  it("loses none and counts none twice", async () => {
    const shelf = journalOn();
    for (let minute = 0; minute < 5; minute++) {
      await refuse(shelf, 37);
      shelf.clock.advance(60_000);
      shelf.journal.closeRefusals("ended");
      shelf.journal.closeRefusals("ended");
    }

    const total = rowsOf(shelf).reduce((sum, { count }) => sum + (typeof count === "number" ? count : 1), 0);
    expect(total).toBe(5 * 37);
    expect(countedOf(shelf)).toEqual([]);
  });

  it("is not closed while its minute goes on, unless the session ends", async () => {
    const shelf = journalOn();
    await refuse(shelf, 11);
    shelf.clock.advance(59_999);

    shelf.journal.closeRefusals("ended");
    expect(rowsOf(shelf)).toHaveLength(10);

    shelf.journal.closeRefusals("all");
    expect(rowsOf(shelf)).toHaveLength(11);
  });

  it("is counted from one again in the next minute", async () => {
    const shelf = journalOn();
    await refuse(shelf, 11);
    shelf.clock.advance(60_000);

    await refuse(shelf, 11);

    expect(rowsOf(shelf)).toHaveLength(20);
    expect(countedOf(shelf)).toMatchObject([{ count: 1 }, { count: 1 }]);
  });

  it("survives a sleep", async () => {
    const before = journalOn();
    await refuse(before, 15);

    const after = journalOn({ storage: before.storage, clock: before.clock, uuid: before.uuid });
    after.journal.closeRefusals("all");

    expect(rowsOf(after).at(-1)).toMatchObject({ count: 5 });
    expect(breaksIn(after.store.pending(100))).toEqual([]);
  });

  it("asks to be drained although it wrote no row", async () => {
    const shelf = journalOn();
    await refuse(shelf, 10);
    const before = shelf.pendings();

    await refuse(shelf, 1);

    expect(shelf.pendings()).toBe(before + 1);
  });

  it("that cannot be counted may not be answered", async () => {
    const shelf = journalOn();
    await refuse(shelf, 10);
    shelf.storage.breakWrites(new Error("disk full"));

    expect(await refuse(shelf, 1)).toEqual([{ ok: false, error: { kind: "audit_backpressure" } }]);
  });

  it("of invented tool names is one kind: a caller cannot make endless ones", async () => {
    const { call, records, counted } = world();

    for (let index = 0; index < 100; index++) await call("mcp.tools.call", { name: `invented.tool_${index}` }, index);

    expect(records()).toHaveLength(10);
    expect(counted()).toMatchObject([{ count: 90 }]);
  });

  it("of broken messages and invented methods is counted, too", async () => {
    const { call, sendText, records, counted } = world();

    for (let index = 0; index < 30; index++) {
      await sendText("{");
      await call(`invented.method_${index}`, {}, index);
    }

    expect(records()).toHaveLength(20);
    expect(counted().map(({ count }) => count)).toEqual([20, 20]);
  });

  it("leaves the journal, and whoever is allowed, undisturbed", async () => {
    const { call, records } = world({ alsoTools: [sampleTool({ requires: "keys:admin" })] });
    for (let index = 0; index < 500; index++) await call("sample.look", {}, index);

    expect(await call("ctx.list", {})).toMatchObject({ result: {} });
    expect(records()).toHaveLength(11);
  });
});
