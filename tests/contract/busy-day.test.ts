// The made-up day: chained like a real one, the same at every run, and about as large as was asked for.

import { describe, expect, it } from "vitest";
import { busyDay } from "../../dev/busy-day/day.ts";
import { link, sha256 } from "../../src/audit/record.ts";

const OPTIONS = { rows: 3_000, endMs: Date.UTC(2026, 10, 20, 12), policyVersion: "p" };
const chains = [...busyDay(OPTIONS)];
const records = chains.flatMap(({ rows }) => rows.map(({ record }): unknown => JSON.parse(record)));

describe("a busy day", () => {
  it("has about as many rows as were asked for, of many chains", () => {
    expect(records.length).toBeGreaterThan(2_900);
    expect(records.length).toBeLessThan(3_300);
    expect(new Set(chains.map(({ id }) => id)).size).toBe(chains.length);
    expect(chains.length).toBeGreaterThan(30);
  });

  it("is the same at every run", () => {
    expect([...busyDay(OPTIONS)]).toEqual(chains);
  });

  it("is chained as a journal chains", () => {
    for (const { id, rows } of chains) {
      let before = sha256(id);
      rows.forEach(({ seq, record, prevHash, hash }, index) => {
        expect([seq, prevHash, hash]).toEqual([index + 1, before, link(before, record)]);
        before = hash;
      });
    }
  });

  it("lies within its 24 hours, and each chain goes forward in time", () => {
    for (const { rows } of chains) {
      const times = rows.map(({ record }) => /"ts":"([^"]+)"/.exec(record)?.[1] ?? "");
      expect(times).toEqual(times.toSorted());
      expect(Date.parse(times[0] ?? "")).toBeGreaterThanOrEqual(OPTIONS.endMs - 86_400_000 - 20 * 60_000);
    }
  });

  it("has what an auditor looks for: refusals, counted ones too, failures, effects and whole approvals", () => {
    const count = (facts: object) =>
      records.filter((record) => typeof record === "object" && record !== null && matches(record, facts)).length;

    expect(count({ reason: "rate_limited" })).toBeGreaterThan(3);
    expect(count({ reason: "upstream_timeout" })).toBeGreaterThan(3);
    expect(count({ phase: "intent", tool: "ctx.set" })).toBe(
      count({ phase: "outcome", tool: "ctx.set", decision: "allowed" }),
    );
    expect(count({ action: "approval.requested" })).toBe(18);
    expect(count({ action: "run.started" })).toBeGreaterThan(5);
  });
});

function matches(record: object, facts: object): boolean {
  const known = new Map(Object.entries(record));
  return Object.entries(facts).every(([name, value]) => known.get(name) === value);
}
