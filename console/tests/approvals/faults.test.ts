// What a decision needs before it is sent.

import { describe, expect, it } from "vitest";
import { faultsOf } from "../../src/approvals/faults.ts";
import { stateAt } from "../../src/approvals/standing.ts";
import { DRAIN, NOW, ROLLBACK } from "../../../tests/browser/samples.ts";
import type { ApprovalCard, Verdict } from "../../src/api/contract.ts";

const lacks = (card: ApprovalCard, verdict: Verdict, draft = { reason: "", typed: "" }) => {
  const { reason, typed } = faultsOf(card, verdict, draft);
  return { reason: reason !== undefined, typed: typed !== undefined };
};

describe("a decision", () => {
  it.each<readonly [string, ApprovalCard, Verdict, boolean, boolean]>([
    ["to approve a medium risk", ROLLBACK, "approve", false, false],
    ["to reject", ROLLBACK, "reject", true, false],
    ["to approve a high risk that asks for a reason", DRAIN, "approve", true, true],
    ["to reject a high risk", DRAIN, "reject", true, false],
    ["to break the glass", ROLLBACK, "break_glass", true, true],
  ])("%s needs what it needs", (_what, card, verdict, reason, typed) => {
    expect(lacks(card, verdict)).toEqual({ reason, typed });
  });

  it("has it when it is there, and blanks are nothing", () => {
    expect(lacks(DRAIN, "approve", { reason: "Seen.", typed: " drain-node " })).toEqual({
      reason: false,
      typed: false,
    });
    expect(lacks(DRAIN, "approve", { reason: "  \n", typed: "Drain-node" })).toEqual({ reason: true, typed: true });
  });
});

describe("a request", () => {
  it("is expired at the millisecond at which it expires, if it was still open", () => {
    const expiresMs = Date.parse(ROLLBACK.expires_at);

    expect(stateAt(ROLLBACK, NOW)).toBe("requested");
    expect(stateAt(ROLLBACK, expiresMs - 1)).toBe("requested");
    expect(stateAt(ROLLBACK, expiresMs)).toBe("expired");
    expect(stateAt({ ...ROLLBACK, state: "approved" }, expiresMs)).toBe("expired");
    expect(stateAt({ ...ROLLBACK, state: "rejected" }, expiresMs)).toBe("rejected");
  });
});
