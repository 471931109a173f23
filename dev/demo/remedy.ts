// The end of the incident: a runbook is previewed, a human approves it on the console's API, the deployment is rolled back, and
// the audit log tells it as one story.

import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { createKey } from "../stack/api-keys.ts";
import { heading, styled, table } from "../stack/terminal.ts";
import { Approved, Pods, Preview, RunShown } from "./answers.ts";
import { aside, below, cut, expect, say } from "./show.ts";
import type { Agent } from "../stack/agent.ts";
import type { Stack } from "../stack/stack.ts";
import type { Ask } from "./ask.ts";

const RUNBOOK = "roll-back";
const TARGET = { namespace: "shop", name: "recommender" };
const REASON = "Release 0.8.0 cut its memory limit to 16Mi and it needs 41 MiB: back to the revision before.";

/** Answers the id under which all of it stands in the audit log. */
export async function remedy(stack: Stack, agent: Agent, ask: Ask): Promise<string> {
  await preview(ask);
  const approvalId = await request(ask);
  const token = await decide(stack, agent, approvalId);
  await execute(ask, token);
  await healthy(ask);
  return approvalId;
}

async function preview(ask: Ask): Promise<void> {
  heading("9  What would rolling it back do? Each change is judged by the API server, and nothing is kept");
  const { runbook, risk, approval, plan } = Preview.parse(
    await ask("runbook.preview", { runbook_id: RUNBOOK, params: TARGET }),
  );
  for (const { does, outcome } of plan.steps) {
    say(does);
    for (const line of outcome?.diff ?? []) below(`  ${styled("cyan", line)}`);
  }
  aside(
    `${runbook}, risk ${risk}: touches ${plan.objects.join(", ")}, ${plan.pods} pods. Approvals needed: ${approval.required}.`,
  );
  expect("the plan gives the memory back", /16Mi.*64Mi/.test(JSON.stringify(plan.steps)));
  expect("nothing keeps it from running", plan.blockers.length === 0);
}

async function request(ask: Ask): Promise<string> {
  heading("10  The agent cannot run it. It asks a human");
  const args = { runbook_id: RUNBOOK, params: TARGET, reason: REASON };
  const { approval_id, state, approval_url } = Approved.parse(await ask("runbook.request_approval", args));
  say(`${state}: ${approval_url ?? ""}`);
  expect("it waits for a human", state === "requested");
  return approval_id;
}

/** On the same API as the console's page, with the keys of two people. */
async function decide(stack: Stack, agent: Agent, approvalId: string): Promise<string> {
  heading("11  Two people read the plan. (Here they are a script with their keys; the page is at /console/)");
  // The agent acts for team/oncall, so whoever is on call cannot be the one who agrees.
  const refused = await decision(await signedIn(stack, "human/oncall"), approvalId);
  console.log(styled("red", `← human/oncall: ${refused.status}`), refused.detail ?? "");
  expect("whoever the agent acts for may not approve", refused.status === 403);

  const told = agent.notified("mcp.approval.changed");
  const decided = await decision(await signedIn(stack, "human/lead"), approvalId);
  say(styled("green", `${decided.state ?? decided.detail ?? ""} by human/lead: ${AGREED}`));

  const { state, approval_token } = Approved.parse((await told).params);
  console.log(
    styled("yellow", "← mcp.approval.changed"),
    styled("dim", `${state}, approval_token: ${cut(approval_token ?? "", 24)}`),
  );
  expect("the agent was told at once, with a token", approval_token !== undefined);
  return approval_token ?? "";
}

const AGREED = "The limit was a mistake.";

async function signedIn(stack: Stack, principal: string): Promise<Console> {
  return new Console(
    stack.address,
    await createKey(stack.keys, { principal, kind: "human", roles: ["approver"], days: 1 }),
  );
}

/** On exactly what was shown. */
async function decision(human: Console, approvalId: string): Promise<z.output<typeof Card>> {
  const { revision, plan } = Shown.parse(await human.ask(`approvals/${approvalId}`));
  const body = { verdict: "approve", reason: AGREED, revision, seen_digest: plan.digest };
  return Card.parse(await human.ask(`approvals/${approvalId}/decision`, body));
}

async function execute(ask: Ask, token: string): Promise<void> {
  heading("12  The agent runs what was approved, once");
  const args = { runbook_id: RUNBOOK, approval_token: token, wait_s: 60 };
  const run = RunShown.parse(await ask("runbook.execute", args));
  below(table(run.steps.map(({ id, state, does, message }) => ({ step: id, state, does: cut(message ?? does, 84) }))));
  expect(`the run succeeds (${run.message ?? ""})`, run.state === "succeeded");
}

const PATIENCE_MS = 20_000;

async function healthy(ask: Ask): Promise<void> {
  heading("13  And the pods?");
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const { pods } = Pods.parse(
      await ask("k8s.list_pods", { namespace: TARGET.namespace, label_selector: "app=recommender" }),
    );
    const isHealthy = pods.length > 0 && pods.every(({ status, ready }) => status === "Running" && ready === "1/1");
    if (isHealthy || Date.now() > deadline) {
      below(table(pods.map(({ name, status, ready, restarts }) => ({ name, status, ready, restarts }))));
      expect("every pod of it runs and is ready", isHealthy);
      return;
    }
    await sleep(1_000);
  }
}

const Shown = z.looseObject({ revision: z.int(), plan: z.looseObject({ digest: z.string() }) });
/** The card as it was decided, or why it was not. */
const Card = z.looseObject({ state: z.string().optional(), status: z.int().optional(), detail: z.string().optional() });

/** The console's API, as a program with a person's key uses it. */
class Console {
  readonly #base: string;
  readonly #headers: Record<string, string>;

  constructor(address: string, key: string) {
    this.#base = address.replace(/^ws/, "http").replace(/\/mcp$/, "/console/api/");
    this.#headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
  }

  async ask(path: string, body?: object): Promise<unknown> {
    const sent = body && { method: "POST", body: JSON.stringify(body) };
    const response = await fetch(this.#base + path, { headers: this.#headers, ...sent });
    return response.json();
  }
}
