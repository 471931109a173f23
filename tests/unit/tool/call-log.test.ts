// Which calls leave a line in the log, and what stands in it.

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import * as z from "zod";
import { CallLog } from "../../../src/tool/call-log.ts";
import { fixedClock } from "../../support/clock.ts";
import type { Finished } from "../../../src/tool/call-log.ts";

const OK: Finished = {
  callId: "00000004-0000-4000-8000-000000000001",
  tool: "k8s.list_pods",
  cluster: "prod",
  namespace: "shop",
  outcome: "ok",
  reason: undefined,
  durationMs: 40,
  traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
};
const FAILED: Finished = { ...OK, outcome: "failed", reason: "upstream_timeout" };

let lines: unknown[] = [];
beforeEach(() => {
  lines = [];
  vi.spyOn(console, "log").mockImplementation((line: unknown) => void lines.push(JSON.parse(String(line))));
});
afterEach(() => void vi.restoreAllMocks());

function callLog(oneIn = 0) {
  const clock = fixedClock();
  const calls = new CallLog({ oneIn, now: clock.now });
  return { clock, finished: (call: Finished) => calls.finished(call, { sessionId: "session-1" }) };
}

describe("a call that went well", () => {
  it("leaves no line where none is asked for", () => {
    callLog(0).finished(OK);

    expect(lines).toEqual([]);
  });

  it("leaves one with names and numbers, if it is among those that were chosen", () => {
    callLog(4).finished(OK);

    expect(lines).toEqual([
      {
        level: "info",
        event: "call.finished",
        call_id: OK.callId,
        tool: "k8s.list_pods",
        cluster: "prod",
        outcome: "ok",
        duration_ms: 40,
        session_id: "session-1",
        trace_id: OK.traceId,
      },
    ]);
  });

  it("is chosen by its id: one in so many", () => {
    const { finished } = callLog(100);

    for (let index = 0; index < 1_000; index++) {
      finished({ ...OK, callId: `${index.toString(16).padStart(8, "0")}-0000-4000-8000-000000000001` });
    }

    expect(lines).toHaveLength(10);
  });

  it("leaves one in any case when it was slow", () => {
    const { finished } = callLog(0);

    finished({ ...OK, durationMs: 5_000 });
    finished({ ...OK, durationMs: 5_001 });

    expect(lines).toMatchObject([{ level: "info", duration_ms: 5_001 }]);
  });
});

describe("a call that did not", () => {
  it.each(["failed", "unknown"] as const)("leaves a warning when it %s", (outcome) => {
    callLog(0).finished({ ...FAILED, outcome });

    expect(lines).toMatchObject([{ level: "warn", outcome, reason: "upstream_timeout" }]);
  });

  it.each(["refused", "cancelled"] as const)("was %s: that is in the audit log, and worth no line", (outcome) => {
    callLog(0).finished({ ...FAILED, outcome });

    expect(lines).toEqual([]);
  });

  it("is one of many in an outage: sixty leave a line, and the others are counted", () => {
    const { finished, clock } = callLog(0);

    for (let index = 0; index < 500; index++) finished(FAILED);
    expect(lines).toHaveLength(60);

    clock.advance(60_000);
    finished(FAILED);
    expect(lines.slice(60)).toMatchObject([
      { level: "warn", event: "call.not_logged", calls: 440 },
      { event: "call.finished" },
    ]);
    expect(z.array(z.looseObject({})).parse(lines)).toHaveLength(62);
  });
});
