// What a sink knows of the rows that passed through it.

import { describe, expect, it } from "vitest";
import { writeRecord } from "../../../src/audit/record.ts";
import { Arrivals } from "../../../src/metrics/arrivals.ts";
import { err, ok } from "../../../src/result.ts";
import { START_MS, uuidOf } from "../../support/clock.ts";
import { ACTOR, entry, plainRow } from "../../support/journal-rows.ts";
import { DOWN } from "../../support/scripted-audit-store.ts";
import type { Contribution } from "../../../src/audit/fan-in.ts";
import type { Entry } from "../../../src/audit/record.ts";

function contribution(seqs: readonly number[], chainId = "chain", changes: Partial<Entry> = {}): Contribution {
  const rows = seqs.map((seq) => {
    const position = { eventId: uuidOf(seq), chainId, seq, nowMs: START_MS + seq };
    return plainRow(seq, { record: writeRecord(entry(changes), ACTOR, position) });
  });
  return { chainId, rows, waitMs: 20_000 };
}

const arrivals = () => new Arrivals(() => true);
const ROWS = "gatehouse_audit_rows_total";

describe("the rows that passed a sink", () => {
  it("are counted once they are in Postgres, and what was taken is not told twice", () => {
    const sink = arrivals();
    sink.settled(contribution([1, 2]), ok(undefined), START_MS);

    expect(sink.tally.take()).toMatchObject({ [ROWS]: 2 });
    expect(sink.tally.take()).toEqual({});
  });

  it("are not counted again when their journal never heard that they had arrived", () => {
    const sink = arrivals();
    sink.settled(contribution([1, 2]), ok(undefined), START_MS);

    sink.settled(contribution([1, 2, 3]), ok(undefined), START_MS);

    expect(sink.tally.counts).toMatchObject({ [ROWS]: 3, "gatehouse_calls_total ctx.get ok none": 3 });
  });

  it("are owed while they have not arrived: so many, and so old", () => {
    const sink = arrivals();
    sink.offered(contribution([5, 6]), START_MS + 1_000);
    sink.settled(contribution([5, 6]), err(DOWN), START_MS + 2_000);

    expect(sink.standing(START_MS + 3_000)).toMatchObject({ backlogRows: 2, oldestMs: START_MS + 5 });
    sink.settled(contribution([5, 6]), ok(undefined), START_MS + 4_000);
    expect(sink.standing(START_MS + 5_000)).toMatchObject({
      backlogRows: 0,
      oldestMs: undefined,
      lastInsertAtMs: START_MS + 4_000,
    });
  });

  it("are owed no longer by a journal that has not tried for minutes, nor where their row was refused", () => {
    const sink = arrivals();
    sink.offered(contribution([1], "silent"), START_MS);
    sink.offered(contribution([1], "refused"), START_MS);
    sink.settled(contribution([1], "refused"), err({ kind: "row_refused", sqlState: "22P05" }), START_MS);

    expect(sink.standing(START_MS).backlogRows).toBe(1);
    expect(sink.standing(START_MS + 6 * 60_000).backlogRows).toBe(0);
  });

  it("say which chains and which sessions were at work in the last minute", () => {
    const sink = arrivals();
    sink.settled(contribution([1], "session"), ok(undefined), START_MS);
    sink.settled(contribution([1], "run", { era: "run" }), ok(undefined), START_MS);

    expect(sink.standing(START_MS + 59_999)).toMatchObject({ activeChains: 2, activeSessions: 1 });
    expect(sink.standing(START_MS + 60_000)).toMatchObject({ activeChains: 0, activeSessions: 0 });
  });

  it.each([
    [ok(undefined), "ok"],
    [err(DOWN), "failed"],
    [err({ kind: "row_refused", sqlState: "22P05" } as const), "refused"],
  ])("count their statements by how they ended: %#", (outcome, result) => {
    const sink = arrivals();

    sink.inserted(outcome);

    expect(sink.tally.counts).toEqual({ [`gatehouse_audit_inserts_total ${result}`]: 1 });
  });
});
