// A run as a step of its call's trace: named when it begins, told of when it ends.

import { describe, expect, it } from "vitest";
import { beginRunSpan, endRunSpan, RunTrace } from "../../../src/objects/run-trace.ts";
import { begin } from "../../../src/runbooks/run/progress.ts";
import { START_MS } from "../../support/clock.ts";
import { recordedSpans } from "../../support/recorded-spans.ts";
import { order } from "../../support/run-order.ts";

const CALL = { traceId: "a".repeat(32), spanId: "b".repeat(16), isSampled: true, state: "vendor=1" };
const { approval } = order();
const { run } = begin(approval, START_MS);

describe("the step of a run", () => {
  it.each([
    ["succeeded", undefined],
    ["failed", "failed"],
    ["cancelled", "cancelled"],
    ["ambiguous", "ambiguous"],
  ] as const)("is told of when it has ended, from storage: %s", (state, errorType) => {
    const { tracing, spans } = recordedSpans();

    const kept: unknown = JSON.parse(JSON.stringify(beginRunSpan(approval, CALL, tracing)));
    expect(spans).toEqual([]);
    endRunSpan(RunTrace().parse(kept), { ...run, state }, tracing);

    const own = { ...CALL, spanId: "0000000000000001" };
    expect(kept).toEqual({ call: CALL, own });
    expect(spans).toMatchObject([
      { name: "run restart-deployment", parent: CALL, context: own, startedAtMs: START_MS, errorType },
    ]);
    expect(spans[0]?.facts).toEqual({
      "k8s.cluster.name": "prod",
      "k8s.namespace.name": "shop",
      "gatehouse.outcome": state,
    });
  });

  it("is none where nothing is exported: its calls hang on the call itself", () => {
    const { tracing, spans } = recordedSpans();

    const kept = beginRunSpan(approval, CALL, undefined);
    endRunSpan(kept, { ...run, state: "succeeded" }, tracing);

    expect(kept).toEqual({ call: CALL, own: CALL });
    expect(spans).toEqual([]);
  });
});
