// From what a caller says to what an approval is about: the runbook, its parameters in full, where it acts, and its plan.

import { outside } from "../approvals/refusal.ts";
import { Plan } from "../ports/plan.ts";
import { err, ok } from "../result.ts";
import { chooseCluster } from "../tool/place.ts";
import { runbooks } from "./catalogue.ts";
import { dryRunner } from "./dry-run.ts";
import { checkParameters, paramsDigest } from "./parameters.ts";
import { preview, targetOf } from "./plan.ts";
import { spanMs } from "./runbook.ts";
import type { Target } from "../access/grant.ts";
import type { Actions } from "../ports/actions.ts";
import type { Approval, ApprovalDesk, NewApproval } from "../ports/approvals.ts";
import type { Clusters } from "../ports/cluster.ts";
import type { Result } from "../result.ts";
import type { Failure, InvalidInput } from "../tool/failure.ts";
import type { Call } from "../tool/tool.ts";
import type { PublishedRunbook, Scalar } from "./runbook.ts";

export { Plan };

export interface RunbookArguments {
  readonly runbook_id: string;
  readonly params?: Readonly<Record<string, unknown>> | undefined;
  readonly cluster?: string | undefined;
}

/** What rendering a plan needs of a call. */
export interface RunbookUse {
  readonly actions: Actions;
  readonly clusters: Pick<Clusters, "names">;
  readonly call: Call;
}

export interface Chosen {
  readonly runbook: PublishedRunbook;
  /** With every default. */
  readonly params: Readonly<Record<string, Scalar>>;
  readonly paramsDigest: string;
  readonly cluster: string;
  readonly target: Target;
}

export function choose(asked: RunbookArguments, clusters: readonly string[]): Result<Chosen, InvalidInput> {
  const runbook = runbooks.get(asked.runbook_id);
  if (!runbook) return err(unknown());
  const cluster = chooseCluster(asked.cluster, clusters);
  if (!cluster.ok) return cluster;
  const params = checkParameters(runbook, asked.params);
  if (!params.ok) return params;
  return ok({
    runbook,
    params: params.value,
    paramsDigest: paramsDigest(params.value),
    cluster: cluster.value,
    target: targetOf(runbook, params.value, cluster.value),
  });
}

/** For a tool whose arguments say all of it. */
export function targetOfArguments(asked: RunbookArguments, clusters: readonly string[]): Result<Target, InvalidInput> {
  const chosen = choose(asked, clusters);
  return chosen.ok ? ok(chosen.value.target) : chosen;
}

function unknown(): InvalidInput {
  const message = `must be one of: ${runbooks.all.map(({ id }) => id).join(", ")}`;
  return { kind: "invalid_params", issues: [{ path: "runbook_id", message }] };
}

export function planFor(
  { runbook, params, cluster }: Chosen,
  { actions, call }: Pick<RunbookUse, "actions" | "call">,
): Promise<Result<Plan, Failure>> {
  const { ask, now, grant, id: callId, tool, trace, signal } = call;
  const namespaces = grant.namespacesIn(cluster);
  const principalId = grant.principal.id;
  const dryRun = dryRunner(actions, { cluster, namespaces, principalId, tool, callId, trace, signal });
  return preview(runbook, params, { cluster, ask, dryRun, now });
}

/** What a person is asked, and in whose name. */
export interface Asking extends RunbookUse {
  readonly approvals: ApprovalDesk;
  readonly consoleUrl: string | undefined;
  readonly policyVersion: string;
  readonly reason?: string | undefined;
}

/** A plan that cannot run is not put before anybody. */
export async function askApproval(chosen: Chosen, asking: Asking): Promise<Result<Approval, Failure>> {
  const plan = await planFor(chosen, asking);
  if (!plan.ok) return plan;
  const { blockers } = plan.value;
  if (blockers.length > 0)
    return err({ kind: "blocked", message: `It cannot run as things are: ${blockers.join("; ")}` });
  const asked = await asking.approvals.request(newApproval(chosen, plan.value, asking));
  return asked.ok ? asked : outside(asked.error, asking);
}

function newApproval(chosen: Chosen, plan: Plan, { call, policyVersion, reason }: Asking): NewApproval {
  const { runbook, params, paramsDigest, cluster, target } = chosen;
  const { id, version, digest, title, risk, approvals, limits } = runbook;
  const { principal } = call.grant;
  return {
    runbook: { id, version, digest, title, risk },
    cluster,
    ...(target.namespace !== undefined && { namespace: target.namespace }),
    params: { ...params },
    paramsDigest,
    plan,
    policyVersion,
    requester: principal,
    ...(reason !== undefined && { reason }),
    ...(call.objectId !== undefined && { sessionObject: call.objectId }),
    required: approvals.required,
    from: approvals.from,
    reasonRequired: approvals.reason_required,
    lifetimeMs: spanMs(approvals.expires),
    limits: { cooldownMs: spanMs(limits.per_target_cooldown), maxConcurrent: limits.max_concurrent },
  };
}
