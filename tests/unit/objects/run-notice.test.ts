// What people hear of a run: that it has ended, how, and where to look.

import { expect, it } from "vitest";
import { runNotice } from "../../../src/objects/run-notice.ts";
import { begin } from "../../../src/runbooks/run/progress.ts";
import { START_MS } from "../../support/clock.ts";
import { APPROVAL_ID, order, outcome } from "../../support/run-order.ts";
import type { Run } from "../../../src/ports/runs.ts";

const { run } = begin(order().approval, START_MS);
const changed: Run["steps"] = run.steps.map((step) =>
  step.id === "restart" ? { ...step, state: "done", output: outcome() } : step,
);

it("tells how it ended, of what, and who wanted it", () => {
  const ended: Run = { ...run, steps: changed, state: "ambiguous", message: "Nobody can say." };

  expect(runNotice(ended, "https://gatehouse.example")).toEqual({
    kind: "run",
    title: "A human must look: Rolling restart",
    lines: ["restart-deployment@3 in prod/shop", "Nobody can say.", "Asked for by agent:atlas, approved by human:mia"],
    url: `https://gatehouse.example/console/approvals/${APPROVAL_ID}`,
  });
});

it.each([
  ["that goes on", { state: "running" }],
  ["that was only read", { state: "succeeded" }],
] as const)("tells nothing of one %s", (_, changes) => {
  expect(runNotice({ ...run, ...changes }, undefined)).toBeUndefined();
});

it.each([
  ["succeeded", "Done: Rolling restart"],
  ["failed", "Failed: Rolling restart"],
  ["cancelled", "Cancelled: Rolling restart"],
  ["stopped", "Stopped by a kill switch: Rolling restart"],
] as const)("tells of one that was changed and %s", (state, title) => {
  expect(runNotice({ ...run, steps: changed, state }, undefined)).toMatchObject({ title });
});
