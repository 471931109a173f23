// The text that Prometheus reads; that Prometheus agrees is tested end to end.

import { describe, expect, it } from "vitest";
import { exposition } from "../../../src/metrics/exposition.ts";
import { BUCKETS, COUNTERS, GAUGES, STAGES } from "../../../src/metrics/families.ts";
import { gaugesOf } from "../../../src/metrics/gauges.ts";
import { Tally } from "../../../src/metrics/tally.ts";
import { START_MS } from "../../support/clock.ts";
import type { Facts } from "../../../src/metrics/gauges.ts";

const FACTS: Facts = {
  nowMs: START_MS,
  version: "1.2.3",
  sinks: [
    {
      atMs: START_MS - 1_000,
      backlogRows: 3,
      oldestMs: START_MS - 7_000,
      lastInsertAtMs: START_MS - 2_000,
      activeChains: 5,
      activeSessions: 4,
    },
    {
      atMs: START_MS - 1_000,
      backlogRows: 0,
      oldestMs: undefined,
      lastInsertAtMs: START_MS - 9_000,
      activeChains: 1,
      activeSessions: 1,
    },
  ],
  checks: [
    { name: "redis", kind: "redis", ok: true, latencyMs: 12, checkedAtMs: START_MS },
    { name: 'de"mo\\', kind: "cluster", ok: false, latencyMs: 2_000, reason: "no", checkedAtMs: START_MS },
  ],
  census: { registered: 9, opened: 2 },
  approvals: { states: { requested: 2, consumed: 7 }, oldestWaitingMs: START_MS - 90_000 },
  evidence: {
    verifiedUpToMs: START_MS - 60_000,
    verifiedRows: 10,
    faults: [],
    lastCheckpointAtMs: START_MS - 5_000,
    lastRoot: { day: "2026-01-14", root: "00", chains: 6 },
    quarantined: 1,
    archivedDay: undefined,
    forwardedUpToMs: undefined,
  },
};

function busy() {
  const tally = new Tally();
  tally.add("gatehouse_calls_total", ["k8s.list_pods", "ok", "modern"], 7);
  tally.add("gatehouse_calls_total", ["ctx.get", "failed", "native"]);
  tally.add("gatehouse_call_duration_seconds", ["total", "0.01"], 3);
  tally.add("gatehouse_call_duration_seconds", ["total", "+Inf"]);
  tally.add("gatehouse_call_duration_seconds", ["total", "sum"], 40.5);
  tally.add("gatehouse_refusals_total", ["rate_limited"], 2);
  tally.add("gatehouse_audit_rows_total", [], 8);
  tally.add("gatehouse_audit_inserts_total", ["ok"], 4);
  tally.add("gatehouse_quota_leases_total", ["granted"]);
  return tally.counts;
}

const lines = (text: string, name: string) => text.split("\n").filter((line) => line.startsWith(name));

describe("the exposition", () => {
  it("begins, where a rate needs a zero to rise from, with zeros", () => {
    const text = exposition({}, []);

    expect(lines(text, "gatehouse_audit_rows_total")).toEqual(["gatehouse_audit_rows_total 0"]);
    expect(lines(text, "gatehouse_audit_inserts_total")).toEqual([
      'gatehouse_audit_inserts_total{result="failed"} 0',
      'gatehouse_audit_inserts_total{result="ok"} 0',
      'gatehouse_audit_inserts_total{result="refused"} 0',
    ]);
    expect(lines(text, "gatehouse_calls_total{")).toEqual([]);
  });

  it("has every family once, each with its help and its type", () => {
    const text = exposition(busy(), gaugesOf(FACTS));

    const names = [...Object.keys(COUNTERS), ...Object.keys(GAUGES)];
    expect(lines(text, "# TYPE").map((line) => line.split(" ")[2])).toEqual(names);
    expect(lines(text, "# HELP").map((line) => line.split(" ")[2])).toEqual(names);
  });

  it("is the same text for the same counts, in whatever order they were counted", () => {
    const counts = busy();
    const reversed = Object.fromEntries(Object.entries(counts).reverse());

    expect(exposition(reversed, [...gaugesOf(FACTS)].reverse())).toBe(exposition(counts, gaugesOf(FACTS)));
  });

  it("cumulates a histogram up to its count, for every stage from the beginning", () => {
    const text = exposition(busy(), []);
    const total = lines(text, 'gatehouse_call_duration_seconds_bucket{stage="total"');

    expect(total.map((line) => Number(line.split(" ")[1]))).toEqual([
      0,
      0,
      ...Array<number>(BUCKETS.length - 2).fill(3),
      4,
    ]);
    expect(lines(text, 'gatehouse_call_duration_seconds_sum{stage="total"}')).toEqual([
      'gatehouse_call_duration_seconds_sum{stage="total"} 40.5',
    ]);
    expect(lines(text, "gatehouse_call_duration_seconds_count")).toHaveLength(STAGES.length);
  });

  it("escapes what a label may hold", () => {
    expect(exposition({}, gaugesOf(FACTS))).toContain(
      'gatehouse_upstream_up{upstream="de\\"mo\\\\",kind="cluster"} 0\n',
    );
  });

  it("leaves out what another version counted by other labels", () => {
    const text = exposition({ "gatehouse_calls_total ctx.get ok": 5, gatehouse_gone_total: 1 }, []);

    expect(text).not.toContain("gatehouse_calls_total{");
    expect(text).not.toContain("gone");
  });
});

describe("the gauges", () => {
  const text = exposition({}, gaugesOf(FACTS));

  it.each([
    'gatehouse_sessions{state="live"} 5',
    'gatehouse_sessions{state="hibernated"} 4',
    "gatehouse_audit_backlog_rows 3",
    "gatehouse_audit_lag_seconds 7",
    `gatehouse_audit_last_insert_timestamp_seconds ${START_MS / 1_000 - 2}`,
    'gatehouse_audit_chains{state="active"} 6',
    'gatehouse_audit_chains{state="sealed"} 6',
    `gatehouse_audit_verified_timestamp_seconds ${START_MS / 1_000 - 60}`,
    "gatehouse_audit_faults 0",
    'gatehouse_approvals{state="requested"} 2',
    "gatehouse_approvals_oldest_waiting_seconds 90",
    'gatehouse_upstream_latency_seconds{upstream="redis",kind="redis"} 0.012',
    'gatehouse_build_info{version="1.2.3"} 1',
  ])("say %s", (line) => {
    expect(text.split("\n")).toContain(line);
  });

  it("leave a gap for what could not be asked, and no zero", () => {
    const blind = { ...FACTS, census: undefined, approvals: undefined, evidence: undefined };

    expect(
      gaugesOf(blind)
        .map(({ name }) => name)
        .filter((name) => /sessions|approvals|verified|faults/.test(name)),
    ).toEqual([]);
  });

  it("believe no sink that has been silent for longer than anything stays true", () => {
    const late = gaugesOf({ ...FACTS, nowMs: START_MS + 10 * 60_000 });
    const valueOf = (name: string) => late.filter((gauge) => gauge.name === name).map(({ value }) => value);

    expect(valueOf("gatehouse_audit_backlog_rows")).toEqual([0]);
    expect(valueOf("gatehouse_audit_lag_seconds")).toEqual([0]);
    expect(valueOf("gatehouse_sessions")).toEqual([2, 7]);
  });

  it("never count more sessions as live than are registered", () => {
    const sessions = gaugesOf({ ...FACTS, census: { registered: 3, opened: 2 } }).filter(
      ({ name }) => name === "gatehouse_sessions",
    );

    expect(sessions.map(({ value }) => value)).toEqual([3, 0]);
  });
});
