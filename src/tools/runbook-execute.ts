// Run what was approved, once. Without a token, a client that can open pages leads its human to the decision first.

import * as z from "zod";
import { askPage, answeredYes } from "../approvals/page-question.ts";
import { awaitDecision } from "../approvals/await-decision.ts";
import { approvalUrl } from "../approvals/view.ts";
import { Cluster } from "../reading/cluster.ts";
import { once } from "../once.ts";
import { err, ok } from "../result.ts";
import { askApproval, choose, targetOfArguments } from "../runbooks/prepare.ts";
import { present } from "../runbooks/present.ts";
import { awaitRun, runView, RunView } from "../runbooks/run-view.ts";
import { outside } from "../approvals/refusal.ts";
import { missingFor } from "../tool/exchange.ts";
import { defineTool } from "../tool/tool.ts";
import { RunbookParams, RunbookRef } from "./runbook-parameters.ts";
import type { Started } from "../runbooks/present.ts";
import type { Approval } from "../ports/approvals.ts";
import type { Result } from "../result.ts";
import type { Capabilities } from "../tool/capabilities.ts";
import type { Failure } from "../tool/failure.ts";
import type { Call } from "../tool/tool.ts";

type Uses = Pick<
  Capabilities,
  "actions" | "approvals" | "approvalTokens" | "clusters" | "consoleUrl" | "policyVersion" | "runs"
>;

/** A person who was found reads a plan in a few minutes; the approval lives on when the call has ended. */
const PATIENCE_MS = 10 * 60_000;

const Input = () =>
  z.strictObject({
    runbook_id: RunbookRef(),
    approval_token: z
      .string()
      .max(4_096)
      .optional()
      .describe("Once a human approved. Left out: the human is asked now, if your client can open a page"),
    params: RunbookParams().optional().describe("Left out: those approved"),
    cluster: Cluster().optional(),
    wait_s: z.int().min(0).max(300).default(20).describe("Wait this long for its end; it goes on anyway"),
  });
type Asked = z.output<ReturnType<typeof Input>>;

export const runbookExecute = defineTool({
  name: "runbook.execute",
  description:
    "Run an approved runbook, once: returns what each step did. Needs the approval_token of exactly this runbook, params and cluster; runbooks that change nothing need none.",
  effect: "destroy",
  requires: "runbooks:execute",
  rate: "5/minute",
  cost: 10,
  timeoutMs: PATIENCE_MS + 5 * 60_000,
  waitsForPeople: true,
  maxResultBytes: 80 * 1024,
  // It is good for one use by one principal, and still nobody else's business.
  omitFromAudit: ["approval_token"],
  uses: ["actions", "approvals", "approvalTokens", "clusters", "consoleUrl", "policyVersion", "runs"],
  target: ({ params, ...asked }, clusters) =>
    // With a token alone, what it stands for is where it acts.
    params === undefined && asked.approval_token !== undefined
      ? ok(undefined)
      : targetOfArguments({ params, ...asked }, clusters),
  input: Input,
  output: RunView,

  async run(asked, uses, call) {
    const { principal } = call.grant;
    const started =
      asked.approval_token === undefined
        ? await withoutToken(asked, uses, call)
        : await presentToken({ ...asked, token: asked.approval_token }, uses, call);
    if (!started.ok) return started;

    const ended = await awaitRun(started.value.runId, {
      runs: uses.runs,
      principalId: principal.id,
      now: call.now,
      untilMs: call.now() + asked.wait_s * 1_000,
      signal: call.left,
      progress: call.exchange.progress,
    });
    return ended.ok ? ok(runView(ended.value)) : ended;
  },
});

async function presentToken(
  { token, ...asked }: Asked & { readonly token: string },
  uses: Uses,
  call: Call,
): Promise<Result<Started, Failure>> {
  const claims = await uses.approvalTokens.verify(token);
  if (!claims.ok) return claims;
  const { approvalId, requester, runbookId } = claims.value;
  const { principal } = call.grant;
  // Found out before the object is asked, and written down there all the same.
  const isTheirs = requester === principal.id;
  if (!isTheirs || runbookId !== asked.runbook_id) {
    const what = isTheirs ? `This token is for the runbook ${runbookId}` : "This token was made for somebody else";
    const noted = await uses.approvals.mismatch(approvalId, principal, what);
    return noted.ok
      ? err({ kind: "approval_invalid", message: `${what}: nothing was run.` })
      : outside(noted.error, uses);
  }
  const approval = await uses.approvals.get(approvalId, principal.id);
  return approval.ok ? present(approval.value, asked, { ...uses, call }) : outside(approval.error, uses);
}

async function withoutToken(asked: Asked, uses: Uses, call: Call): Promise<Result<Started, Failure>> {
  const approval = await approvalOf(asked, uses, call);
  if (!approval.ok) return approval;
  const decided = await decide(approval.value, uses, call);
  return decided.ok ? present(decided.value, asked, { ...uses, call }) : decided;
}

const Kept = once(() => z.object({ approvalId: z.string() }));

/** The one that an earlier round has asked for, or a new one. */
async function approvalOf(asked: Asked, uses: Uses, call: Call): Promise<Result<Approval, Failure>> {
  const kept = Kept().safeParse(call.exchange.state);
  if (kept.success) {
    const found = await uses.approvals.get(kept.data.approvalId, call.grant.principal.id);
    return found.ok ? found : outside(found.error, uses);
  }
  const chosen = choose(asked, uses.clusters.names);
  if (!chosen.ok) return chosen;
  return askApproval(chosen.value, { ...uses, call });
}

/** Approved, or the reason why not: that a human must be asked is one of them. */
async function decide(approval: Approval, uses: Uses, call: Call): Promise<Result<Approval, Failure>> {
  if (approval.state !== "requested") return ok(approval);
  const { id, expiresAtMs } = approval;
  const url = approvalUrl(id, uses.consoleUrl);
  const required = err({ kind: "approval_required", approvalId: id, approvalUrl: url, expiresAtMs } as const);
  const question = url === undefined ? undefined : askPage(approval, url);
  if (!question || missingFor(question, call.exchange.client)) return required;
  const { page: answer } = call.exchange.answers;
  if (answer === undefined)
    return err({ kind: "input_required", questions: { page: question }, state: { approvalId: id } });
  if (!answeredYes(answer)) return required;

  const decided = await awaitDecision(approval, Math.min(expiresAtMs, call.now() + PATIENCE_MS), {
    approvals: uses.approvals,
    principalId: call.grant.principal.id,
    now: call.now,
    signal: call.left,
    onRound: () => call.exchange.progress({ progress: call.now(), message: "Waiting for a human to decide" }),
  });
  if (!decided.ok) return decided.error.kind === "cancelled" ? err(decided.error) : outside(decided.error, uses);
  return decided.value.state === "requested" ? required : decided;
}
