// What a row of the audit log adds to the counts, and what it never can.

import { describe, expect, it } from "vitest";
import { writeRecord } from "../../../src/audit/record.ts";
import { countRow, isOfSession, readRow } from "../../../src/metrics/count-row.ts";
import { Tally } from "../../../src/metrics/tally.ts";
import { START_MS, uuidOf } from "../../support/clock.ts";
import { ACTOR, entry } from "../../support/journal-rows.ts";
import type { Entry } from "../../../src/audit/record.ts";

function recordOf(changes: Partial<Entry> = {}): string {
  return writeRecord(entry(changes), ACTOR, { eventId: uuidOf(1), chainId: "c", seq: 1, nowMs: START_MS });
}

function countsOf(...records: readonly string[]) {
  const tally = new Tally();
  for (const record of records) countRow(readRow(record), tally, (name) => name === "ctx.get");
  return tally.counts;
}

const DURATION = "gatehouse_call_duration_seconds";

describe("a row of the audit log", () => {
  it("is a call by its tool, its outcome and the dialect it was asked in", () => {
    expect(countsOf(recordOf({ era: "modern" }), recordOf({ era: "modern" }), recordOf({ outcome: "failed" }))).toEqual(
      {
        gatehouse_audit_rows_total: 3,
        "gatehouse_calls_total ctx.get ok modern": 2,
        "gatehouse_calls_total ctx.get failed none": 1,
      },
    );
  });

  it("is no call when it only announces one", () => {
    expect(countsOf(recordOf({ phase: "intent", outcome: "pending" }))).toEqual({ gatehouse_audit_rows_total: 1 });
  });

  it("divides how long a call took between the handler, the journal and ourselves", () => {
    const counts = countsOf(recordOf({ durationMs: 100, handlerMs: 80, commitMs: 12 }));

    expect(counts).toMatchObject({
      [`${DURATION} total 0.1`]: 1,
      [`${DURATION} total sum`]: 0.1,
      [`${DURATION} upstream 0.1`]: 1,
      [`${DURATION} upstream sum`]: 0.08,
      [`${DURATION} audit 0.025`]: 1,
      [`${DURATION} engine 0.01`]: 1,
      [`${DURATION} engine sum`]: 0.008,
    });
  });

  it("never counts less than nothing for ourselves, where clocks disagree", () => {
    expect(countsOf(recordOf({ durationMs: 5, handlerMs: 7 }))).toMatchObject({
      [`${DURATION} engine 0.001`]: 1,
      [`${DURATION} engine sum`]: 0,
    });
  });

  it("puts what took longer than the last bound above all bounds", () => {
    expect(countsOf(recordOf({ durationMs: 31_000 }))).toMatchObject({ [`${DURATION} total +Inf`]: 1 });
  });

  it("counts a refusal by its reason, and not how fast it was", () => {
    const refused = recordOf({ decision: "refused", outcome: "refused", reason: "rate_limited", durationMs: 1 });

    expect(countsOf(refused)).toEqual({
      gatehouse_audit_rows_total: 1,
      "gatehouse_refusals_total rate_limited": 1,
      "gatehouse_calls_total ctx.get refused none": 1,
    });
  });

  it("counts refusals that were counted before they were written down as many times", () => {
    const counted = {
      phase: "event",
      action: "refusals",
      outcome: "refused",
      reason: "rate_limited",
      count: 250,
    } as const;

    expect(countsOf(recordOf(counted), recordOf({ ...counted, tool: undefined }))).toMatchObject({
      "gatehouse_refusals_total rate_limited": 500,
      "gatehouse_calls_total ctx.get refused none": 250,
    });
  });

  it.each([
    ["a tool that is none of ours", { tool: "evil{}\n" }, "gatehouse_calls_total unknown ok none"],
    ["a dialect that is none", { era: "klingon" }, "gatehouse_calls_total ctx.get ok none"],
    ["a reason in other letters", { outcome: "refused", reason: 'a"b' } as const, "gatehouse_refusals_total other"],
    ["a refusal without a reason", { outcome: "refused" } as const, "gatehouse_refusals_total other"],
  ])("makes no label of %s", (_, changes, key) => {
    expect(countsOf(recordOf(changes))).toMatchObject({ [key]: 1 });
  });

  it.each(["", "null", "[]", '{"action":1}', "{\u0000"])("is a row and nothing more when it reads %j", (record) => {
    expect(countsOf(record)).toEqual({ gatehouse_audit_rows_total: 1 });
  });

  it.each([
    ["a call", recordOf(), true],
    ["a call in a run", recordOf({ era: "run" }), false],
    ["an entry of the desk", recordOf({ action: "approval.decided" }), false],
    ["nothing that can be read", "", false],
  ])("of %s says whether a session is at work: %#", (_, record, expected) => {
    expect(isOfSession(readRow(record))).toBe(expected);
  });
});
