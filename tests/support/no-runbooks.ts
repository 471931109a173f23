// What a session needs for runbooks, where a test has none: whoever uses it after all is told so by name.

import type { Capabilities } from "../../src/tool/capabilities.ts";

function unused(): never {
  throw new Error("this test has no runbooks");
}

const none: Pick<Capabilities, "actions" | "approvals" | "approvalTokens" | "consoleUrl" | "policyVersion" | "runs"> = {
  actions: { installed: [], act: unused, outcome: unused },
  approvals: {
    request: unused,
    get: unused,
    waitFor: unused,
    redeem: unused,
    mismatch: unused,
    cancel: unused,
    switches: unused,
  },
  approvalTokens: { mint: unused, verify: unused },
  consoleUrl: undefined,
  policyVersion: "of no runbook",
  runs: { get: unused, waitFor: unused, cancel: unused },
};

export const NO_RUNBOOKS = none;
