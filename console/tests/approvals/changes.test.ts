// What somebody is told has changed while they looked at a request.

import { describe, expect, it } from "vitest";
import { changesBetween } from "../../src/approvals/changes.ts";
import { DRAIN, ROLLBACK } from "../../../tests/browser/samples.ts";
import type { ApprovalCard } from "../../src/api/contract.ts";

const later = (changed: Partial<ApprovalCard>): ApprovalCard => ({ ...ROLLBACK, revision: 2, ...changed });
const told = (changed: Partial<ApprovalCard>) => changesBetween(ROLLBACK, later(changed));

const lead = { by: "access:lead@example.com", verdict: "approve", at: "2026-03-12T14:01:00.000Z" } as const;

describe("a change", () => {
  it("is nothing where the revision is the same, or the request another", () => {
    expect(changesBetween(ROLLBACK, ROLLBACK)).toEqual([]);
    expect(changesBetween(DRAIN, ROLLBACK)).toEqual([]);
  });

  it("of nothing that one decides by is not told", () => {
    expect(told({ history: { runs: 15, failed: 1 } })).toEqual([]);
  });

  it.each<readonly [string, Partial<ApprovalCard>, readonly string[]]>([
    ["a decision", { decisions: [lead] }, ["access:lead@example.com approved it."]],
    [
      "a rejection",
      { state: "rejected", decisions: [{ ...lead, verdict: "reject", reason: "No." }] },
      ["access:lead@example.com rejected it: No.", "It is rejected."],
    ],
    ["its withdrawal", { state: "cancelled" }, ["The requester has withdrawn it."]],
    [
      "the live state",
      { plan: { ...ROLLBACK.plan, digest: "f" } },
      ["The cluster has changed since this plan was made: the steps are the same, what they find is not."],
    ],
    [
      "a step",
      {
        plan: {
          ...ROLLBACK.plan,
          digest: "f",
          steps: [{ id: "undo", kind: "k8s", does: "Roll back to 40", args: {} }],
        },
      },
      ["The plan is another now: Roll back to 40"],
    ],
    ["a blocker", { plan: { ...ROLLBACK.plan, blockers: ["It is gone."] } }, ["It is blocked: It is gone."]],
    ["the time left", { expires_at: "2026-03-12T14:30:00.000Z" }, ["It expires at another time."]],
    ["the approvals it needs", { required: 2 }, ["It needs 2 approvals now."]],
    ["a parameter", { params: { name: "other" } }, ["Its parameters are different."]],
  ])("of %s is told in a sentence", (_what, changed, sentences) => {
    expect(told(changed)).toEqual(sentences);
  });
});
