// A run as it comes about: asked for with an API key, approved by a human, redeemed once. And the object that executes it.

import {
  evictDurableObject,
  introspectWorkflowInstance,
  runDurableObjectAlarm,
  runInDurableObject,
} from "cloudflare:test";
import { env } from "cloudflare:workers";
import { ROUTES } from "k8s-proxy/contract";
import { runbooks } from "../../src/runbooks/catalogue.ts";
import { describeStep } from "../../src/runbooks/describe.ts";
import { paramsDigest } from "../../src/runbooks/parameters.ts";
import { kindOf } from "../../src/runbooks/runbook.ts";
import { deployment } from "../../src/objects/deployment.ts";
import { asked, eventually, issueKey, sql } from "./world.ts";
import type { Principal } from "../../src/access/principal.ts";
import type { Approval, NewApproval } from "../../src/ports/approvals.ts";
import type { Plan } from "../../src/ports/plan.ts";
import type { Run } from "../../src/ports/runs.ts";
import type { PublishedRunbook, Scalar, Step } from "../../src/runbooks/runbook.ts";
import type { TraceContext } from "../../src/trace-context.ts";
import type { Key } from "./world.ts";

export interface Wanted {
  readonly runbook: string;
  readonly params: Readonly<Record<string, Scalar>>;
  readonly roles?: readonly string[];
  readonly changes?: Partial<NewApproval>;
  /** Of the call that redeems it. */
  readonly trace?: TraceContext;
}

/** What starts with its first use starts before a test counts the seconds. */
export async function warmUp(): Promise<void> {
  const { token } = await issueKey(["observer"]);
  await deployment.keys.find(token.slice(4, 20), new AbortController().signal);
}

export const desk = () => env.APPROVAL.getByName("deployment");

export function human(id: string, roles: readonly string[] = ["approver"]): Principal {
  return { id, kind: "human", roles: [...roles], credential: { kind: "access" }, expiresAtMs: Date.now() + 3_600_000 };
}

/** Approved by as many people as it needs, and not redeemed yet. */
export async function approved({ runbook: id, params, roles = ["operator", "observer"], changes = {}, trace }: Wanted) {
  const runbook = runbooks.get(id);
  if (!runbook) throw new Error(`there is no runbook ${id}`);
  await webIsAtRest();
  const key = await issueKey(roles);
  const filed = await desk().request({ ...newApproval(runbook, params, key), ...changes });
  if (!filed.ok) throw new Error(`not asked: ${filed.error.kind}`);
  let approval: Approval = filed.value;
  for (const by of ["human:mia", "human:kai"].slice(0, approval.required)) {
    const { revision, plan } = approval;
    const decided = await desk().decide({
      id: approval.id,
      by: human(by),
      authenticatedAtMs: Date.now(),
      verdict: "approve",
      reason: "by order of the test",
      revision,
      planDigest: plan.digest,
    });
    if (!decided.ok) throw new Error(`not decided: ${JSON.stringify(decided.error)}`);
    approval = decided.value;
  }
  return new Redeemable(key, approval, trace);
}

function newApproval(runbook: PublishedRunbook, params: Wanted["params"], key: Key): NewApproval {
  const { id, version, digest, title, risk, approvals } = runbook;
  const { namespace } = params;
  return {
    runbook: { id, version, digest, title, risk },
    cluster: "demo",
    ...(namespace !== undefined && { namespace: String(namespace) }),
    params: { ...params },
    paramsDigest: paramsDigest(params),
    plan: planOf(runbook),
    policyVersion: deployment.policy.version,
    requester: requester(key),
    required: approvals.required,
    from: approvals.from,
    reasonRequired: approvals.reason_required,
    lifetimeMs: 900_000,
    // Of the whole deployment: one test must not wait for another.
    limits: { cooldownMs: 0, maxConcurrent: 1_000 },
  };
}

function requester({ principal, token }: Key): Principal {
  const credential = { kind: "key", id: token.slice(4, 20) } as const;
  const roles = ["operator", "observer"];
  return {
    id: principal,
    kind: "agent",
    roles,
    onBehalfOf: "team/oncall",
    credential,
    expiresAtMs: Date.now() + 3_600_000,
  };
}

/** Nothing was previewed, so nothing is expected of what is found. */
function planOf({ steps, on_failure }: PublishedRunbook): Plan {
  const planned = (step: Step) => ({ id: step.id, kind: kindOf(step), does: describeStep(step), args: {} });
  return {
    steps: steps.map(planned),
    on_failure: (on_failure?.steps ?? []).map(planned),
    objects: [],
    pods: 1,
    budgets: [],
    blockers: [],
    digest: "ab".repeat(32),
  };
}

export class Redeemable {
  readonly key: Key;
  readonly approval: Approval;
  readonly #trace: TraceContext | undefined;

  constructor(key: Key, approval: Approval, trace?: TraceContext) {
    this.key = key;
    this.approval = approval;
    this.#trace = trace;
  }

  get runId(): string {
    return `rb-${this.approval.id}`;
  }

  get run() {
    return env.RUN.getByName(this.runId);
  }

  /** A busy machine may take longer than the object has patience for: then nothing was started, and it is asked again. */
  async redeem() {
    for (let again = 0; again < 5; again++) {
      const redeemed = await this.present();
      if (redeemed.ok || redeemed.error.kind !== "upstream_timeout") return redeemed;
    }
    return this.present();
  }

  present() {
    const { id, requester: principal, runbook, paramsDigest: params, plan, policyVersion } = this.approval;
    const presented = { approvalId: id, principal, runbookDigest: runbook.digest, paramsDigest: params };
    return desk().redeem({ ...presented, planDigest: plan.digest, policyVersion, trace: this.#trace });
  }

  found(): Promise<Run | undefined> {
    return runInDurableObject(this.run, (object) => object.view(this.runId));
  }

  async view(): Promise<Run> {
    const run = await this.found();
    if (!run) throw new Error("there is no run");
    return run;
  }

  async states(): Promise<string[]> {
    return (await this.view()).steps.map(({ id, state }) => `${id} ${state}`);
  }

  /** The object forgets everything that is not in its storage. */
  sleep(): Promise<void> {
    return evictDurableObject(this.run);
  }

  /** The machine fails: nothing that is not committed yet ever happened. */
  async crash(): Promise<void> {
    const crashed = runInDurableObject(this.run, (_, state) => state.abort("a crash, by order of the test"));
    await crashed.catch(() => undefined); // it cannot end otherwise
  }

  /** What the authority on approvals was told of its end. */
  async endOnDesk(): Promise<unknown> {
    const query = "select run_state from approvals where id = ?";
    const rows = await runInDurableObject(desk(), (_, { storage }) =>
      Array.from(storage.sql.exec(query, this.approval.id)),
    );
    return rows[0]?.run_state;
  }

  /** Everything that it and its approval have written down is in PostgreSQL. */
  async drain(): Promise<void> {
    await runDurableObjectAlarm(this.run);
    await runDurableObjectAlarm(desk());
  }

  alarm(): Promise<boolean> {
    return runDurableObjectAlarm(this.run);
  }

  alarmAt(): Promise<number | null> {
    return runInDurableObject(this.run, (_, { storage }) => storage.getAlarm());
  }

  stored(query: string): Promise<Record<string, unknown>[]> {
    return runInDurableObject(this.run, (_, { storage }) => Array.from(storage.sql.exec(query)));
  }

  /** Its rows in PostgreSQL, of every object, in the order in which they were made. */
  logged(): Promise<Record<string, unknown>[]> {
    return storyOf(this.approval.id);
  }

  copied(): Promise<Record<string, unknown>[]> {
    return sql(`select r.*, (select json_agg(s.step || ' ' || s.state order by s.position) from run_steps s
      where s.run_id = r.run_id) as steps from runs r where r.run_id = '${this.runId}'`);
  }
}

/** In the same millisecond, what was decided comes before what came of it: each object counts its own rows. */
export function storyOf(approvalId: string): Promise<Record<string, unknown>[]> {
  return sql(`select * from audit_logs where approval_id = '${approvalId}'
    order by ts, action not like 'approval.%', seq`);
}

/** A busy machine is slow: only a failure waits this long. */
export const SLOW = { timeout: 60_000 };

export const RESTART: Wanted = {
  runbook: "restart-deployment",
  params: { namespace: "shop", name: "web", accept_downtime: true },
};
export const READ: Wanted = {
  runbook: "collect-diagnostics",
  params: { namespace: "shop", kind: "Deployment", name: "web", since: "1h" },
};

/** By the workflow, without its pauses. */
export async function driven(run: Redeemable) {
  const instance = await introspectWorkflowInstance(env.RUNBOOKS, run.runId);
  await instance.modify(async (modifier) => {
    await modifier.disableSleeps();
    await modifier.disableRetryDelays();
  });
  return instance;
}

/** Redeemed, and driven by nobody: the instance that redemption makes is held at its first step. */
export async function byHand(wanted: Wanted): Promise<Redeemable> {
  const run = await approved(wanted);
  await using instance = await introspectWorkflowInstance(env.RUNBOOKS, run.runId);
  await instance.modify((modifier) => modifier.mockStepResult({ name: "begin" }, { kind: "ended", state: "running" }));
  await run.redeem();
  await instance.waitForStatus("complete");
  return run;
}

/** What the actions proxy was asked to change for this run: another test's may still be under way. */
export async function changes({ approval }: Redeemable): Promise<string[]> {
  return (await asked("actions")).filter((body) => body.includes('"dry_run":false') && body.includes(approval.id));
}

/** Approved, redeemed, and about to make its change. */
export async function aboutToRestart(): Promise<Redeemable> {
  const run = await byHand(RESTART);
  let next = await run.run.advance();
  while (next.kind !== "ended" && next.label !== "restart") next = await run.run.advance();
  if (next.kind === "ended") throw new Error("it has ended before");
  return run;
}

/** The cluster is one for all tests, and whatever was restarted before must have come to rest: else no plan is made. */
async function webIsAtRest(): Promise<void> {
  const { clusters } = deployment.tooling({}, () => env.CATALOGUE.getByName("deployment")).capabilities;
  const caller = { cluster: "demo", namespaces: ["*"], principalId: "test", tool: "k8s.get_workload" };
  const request = ROUTES.getWorkload.request.parse({ namespace: "shop", kind: "Deployment", name: "web", events: 0 });
  await eventually(async () => {
    const { signal } = new AbortController();
    const found = await clusters.ask(ROUTES.getWorkload, request, { ...caller, callId: crypto.randomUUID(), signal });
    return found.ok && found.value.workload.rollout?.state === "complete";
  });
}
