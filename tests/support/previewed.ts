// A preview as a tool makes it: its readings go through the whole pipeline, its dry runs to an actions proxy that is scripted.

import * as z from "zod";
import { ActionOutcome, ROUTES } from "k8s-proxy/contract";
import { dryRunner } from "../../src/runbooks/dry-run.ts";
import { preview } from "../../src/runbooks/plan.ts";
import { err, ok } from "../../src/result.ts";
import { defineTool } from "../../src/tool/tool.ts";
import { observed } from "./scripted-clusters.ts";
import { world } from "./world.ts";
import type { Plan } from "../../src/ports/plan.ts";
import type { Actions, ActionCall } from "../../src/ports/actions.ts";
import type { ToolSettings } from "../../src/ports/tool-settings.ts";
import type { Result } from "../../src/result.ts";
import type { Params } from "../../src/runbooks/reference.ts";
import type { PublishedRunbook } from "../../src/runbooks/runbook.ts";
import type { ToolFailure } from "../../src/tool/failure.ts";
import type { Answered, Asked, ClusterScript } from "./scripted-clusters.ts";

type Act = (call: ActionCall) => Awaited<ReturnType<Actions["act"]>>;

export interface Circumstances {
  readonly params?: Params;
  readonly cluster?: ClusterScript;
  readonly act?: Act;
  readonly roles?: readonly string[];
  readonly settings?: ToolSettings;
  /** Of two, `prod` and `staging`; the first when left out. */
  readonly name?: string;
}

export interface Previewed {
  readonly result: Result<Plan, ToolFailure>;
  readonly acted: readonly ActionCall[];
  readonly asked: readonly Asked[];
  readonly crashes: readonly unknown[];
}

export async function previewed(runbook: PublishedRunbook, given: Circumstances = {}): Promise<Previewed> {
  const {
    params = { namespace: "shop", name: "web" },
    cluster = workload(),
    act = tried(),
    roles = ["platform"],
    name = "prod",
  } = given;
  const acted: ActionCall[] = [];
  const actions: Pick<Actions, "act"> = {
    act: (call) => {
      acted.push(call);
      return Promise.resolve(act(call));
    },
  };
  let result: Result<Plan, ToolFailure> = err({ kind: "not_found", message: "no preview was made" });
  const tool = defineTool({
    name: "runbook.sample",
    description: "Makes the plan of a runbook, for a test to look at.",
    effect: "read",
    requires: "authenticated",
    rate: "100/minute",
    uses: [],
    input: () => z.strictObject({}),
    output: () => z.object({}),
    async run(_input, _uses, { id, ask, now, signal }) {
      const caller = { cluster: name, namespaces: ["*"], principalId: "agent:atlas", tool: "x", callId: id, signal };
      result = await preview(runbook, params, { cluster: name, ask, now, dryRun: dryRunner(actions, caller) });
      return ok({});
    },
  });
  const { settings } = given;
  const session = world({
    alsoTools: [tool],
    roles,
    cluster,
    clusters: ["prod", "staging"],
    ...(settings && { settings }),
  });
  await session.call("runbook.sample", {});
  return { result, acted, asked: session.asked, crashes: session.crashes };
}

/** The plan, where there must be one. */
export async function planned(runbook: PublishedRunbook, given: Circumstances = {}): Promise<Plan> {
  const { result } = await previewed(runbook, given);
  if (!result.ok) throw new Error(`no plan: ${JSON.stringify(result.error)}`);
  return result.value;
}

type WorkloadAnswer = z.input<typeof ROUTES.getWorkload.data>;

/** A Deployment in good health, in place of whatever is asked for. */
export function workload(changes: object = {}, beside: Partial<WorkloadAnswer> = {}): ClusterScript {
  const healthy = { desired: 3, ready: 3, updated: 3, available: 3, rollout: { state: "complete" } };
  const known = {
    kind: "Deployment",
    name: "web",
    age_s: 3_600,
    images: ["web:1"],
    containers: [],
    ...healthy,
    ...changes,
  };
  return byPath({ [ROUTES.getWorkload.path]: { workload: known, events: [], ...beside } });
}

export function byPath(answers: Readonly<Record<string, object>>): ClusterScript {
  return ({ path }): Answered => {
    const answer = answers[path];
    return answer ? ok(observed(answer)) : refusedWith("not_found", `nothing is scripted for ${path}`);
  };
}

export function refusedWith(
  reason: "not_found" | "cluster_unavailable" | "cluster_forbids",
  message: string,
): Answered {
  return err({ kind: "proxy_refused", error: { reason, message } });
}

/** What the API server said to a dry run, whatever the action is about. */
export function tried(changes: Partial<z.input<ReturnType<typeof ActionOutcome>>> = {}): Act {
  return ({ request }) => {
    const name = String(request.name ?? request.node ?? request.pod);
    const where = typeof request.namespace === "string" ? { namespace: request.namespace } : {};
    const object = { kind: "Deployment", name, uid: "uid-1", ...where };
    const found = { uid: "uid-1", generation: 4 };
    const said = { summary: "It would do.", affects: { pods: 2 }, dry_run: true, changed: true };
    return ok(ActionOutcome().parse({ object, found, ...said, ...changes }));
  };
}
