// Filters and the addresses between them.

import { describe, expect, it } from "vitest";
import {
  during,
  filterOf,
  isOn,
  mended,
  narrowed,
  NO_FILTER,
  only,
  queryOf,
  toggled,
} from "../../src/filter/filtering.ts";
import type { AuditFilter } from "../../src/filter/filtering.ts";

const FILTER: AuditFilter = { time: { last: "6h" }, where: { tool: ["pod_logs"], outcome: ["failed"] } };

describe("a filter", () => {
  it("gets a value, and loses it again without a trace", () => {
    const more = toggled(FILTER, "tool", "drain");

    expect(more.where.tool).toEqual(["pod_logs", "drain"]);
    expect(isOn(more, "tool", "drain")).toBe(true);
    expect(toggled(more, "tool", "drain")).toEqual(FILTER);
    expect(toggled(FILTER, "tool", "pod_logs")).toEqual({ time: FILTER.time, where: { outcome: ["failed"] } });
  });

  it("becomes one of a single thing in the same time", () => {
    expect(only(FILTER, "session", "s-1")).toEqual({ time: { last: "6h" }, where: { session: ["s-1"] } });
  });

  it("is narrowed to one value of a facet, and keeps the others", () => {
    expect(narrowed(FILTER, "outcome", "refused")).toEqual({
      time: { last: "6h" },
      where: { tool: ["pod_logs"], outcome: ["refused"] },
    });
  });

  it("keeps what is asked for when the time is another", () => {
    expect(during(FILTER, { fromMs: 0, toMs: 60_000 })).toEqual({
      time: { fromMs: 0, toMs: 60_000 },
      where: FILTER.where,
    });
  });

  it("has one address, in whatever order it was put together", () => {
    const there = toggled(toggled(NO_FILTER, "actor", "b"), "actor", "a");
    const back = toggled(toggled(NO_FILTER, "actor", "a"), "actor", "b");

    expect(queryOf(there)).toBe(queryOf(back));
    expect(filterOf(queryOf(there))).toEqual({ time: { last: "24h" }, where: { actor: ["a", "b"] } });
  });

  it("comes through its address unharmed, whatever the value is", () => {
    const value = "a&b=c d/é+%\u202e<b>";

    expect(filterOf(queryOf(only(NO_FILTER, "actor", value)))).toEqual({
      time: { last: "24h" },
      where: { actor: [value] },
    });
  });
});

describe("an impossible address", () => {
  it.each([
    ["last=2h&tool=x", { time: { last: "24h" }, where: { tool: ["x"] } }],
    ["from=2026-03-12T10:00:00Z&tool=x", { time: { last: "24h" }, where: { tool: ["x"] } }],
    [`last=6h&tool=x&actor=${"y".repeat(300)}`, { time: { last: "6h" }, where: { tool: ["x"] } }],
    [`last=2h&actor=${"y".repeat(300)}`, NO_FILTER],
  ])("is mended by leaving out what is wrong: %s", (query, expected) => {
    const fault = filterOf(query);
    if (!("message" in fault)) throw new Error("nothing is wrong with it");

    expect(mended(query, fault)).toEqual(expected);
  });
});
