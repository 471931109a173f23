// Approvals, runs and switches as the page is told of them: plain names, times that people can read.

import { mineOf } from "../../approvals/mine.ts";
import { whyNotSwitchOn } from "../../approvals/separation.ts";
import type { Rules } from "../../approvals/separation.ts";
import type { Filed } from "../../ports/approval-console.ts";
import type { Approval, KillSwitch } from "../../ports/approvals.ts";
import type { Run } from "../../ports/runs.ts";
import type { ApprovalCard, RunAnswer, Switches } from "./contract.ts";
import type { Visit } from "./asked.ts";

export function cardOf(filed: Filed, visit: Visit, rules: Rules): ApprovalCard {
  const { id, state, revision, runbook, cluster, params, plan, required, from, past } = filed;
  const mine = mineOf(filed, visit, rules);
  return {
    ...{ id, state, revision, runbook, cluster, params, plan, required, from },
    ...optional("namespace", filed.namespace),
    ...optional("reason", filed.reason),
    ...optional("run_id", filed.runId),
    ...optional("ended_at", filed.endedAtMs === undefined ? undefined : iso(filed.endedAtMs)),
    requester: requesterOf(filed),
    reason_required: filed.reasonRequired,
    requested_at: iso(filed.requestedAtMs),
    expires_at: iso(filed.expiresAtMs),
    decisions: filed.decisions.map(({ by, verdict, reason, atMs }) => ({
      by,
      verdict,
      ...optional("reason", reason),
      at: iso(atMs),
    })),
    changed_since_last: past.changedSinceLast,
    history: { runs: past.runs, failed: past.failed },
    mine: {
      may_decide: mine.mayDecide,
      may_break_glass: mine.mayBreakGlass,
      ...optional("why_not", mine.whyNot),
    },
  };
}

export function switchesOf(switches: readonly KillSwitch[], { principal }: Visit, { policy }: Rules): Switches {
  return {
    switches: switches.map((killSwitch) => {
      const { scope, name, by, reason, atMs } = killSwitch;
      const whyNot = whyNotSwitchOn(killSwitch, principal, policy);
      const mine = { may_switch_on: whyNot === undefined, ...optional("why_not", whyNot) };
      return { scope, name, by, reason, at: iso(atMs), mine };
    }),
  };
}

export function runAnswer(run: Run): RunAnswer {
  const { id, approvalId, runbook, cluster, params, requester, approvers, state, revision } = run;
  return {
    ...{ id, approval_id: approvalId, runbook, cluster, params, requester, approvers, state, revision },
    ...optional("namespace", run.namespace),
    ...optional("message", run.message),
    steps: run.steps.map(({ startedAtMs, endedAtMs, ...step }) => ({
      ...step,
      ...optional("started_at", startedAtMs === undefined ? undefined : iso(startedAtMs)),
      ...optional("ended_at", endedAtMs === undefined ? undefined : iso(endedAtMs)),
    })),
    started_at: iso(run.startedAtMs),
    ...optional("ended_at", run.endedAtMs === undefined ? undefined : iso(run.endedAtMs)),
  };
}

function requesterOf({ requester, keyOwner }: Approval): ApprovalCard["requester"] {
  const { id, kind, onBehalfOf, owner } = requester;
  return { id, kind, ...optional("on_behalf_of", onBehalfOf), ...optional("owner", keyOwner ?? owner) };
}

function optional<K extends string>(name: K, value: string | undefined): Readonly<Partial<Record<K, string>>> {
  const given: Partial<Record<K, string>> = {};
  return value === undefined ? given : { ...given, [name]: value };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
