// The end of the incident: a runbook is previewed, a human approves it on the console's API, the deployment is rolled back, and
// the audit log tells it as one story.

import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { createKey } from "../stack/api-keys.ts";
import { heading, styled, table } from "../stack/terminal.ts";
import { Approved, Pods, Preview, RunShown } from "./answers.ts";
import { aside, below, call, cut, expect, say } from "./show.ts";
import type { Agent } from "../stack/agent.ts";
import type { Stack } from "../stack/stack.ts";
import type { Ask } from "./incident.ts";

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

/** On the same API as the console's page, with the key of a person. */
async function decide(stack: Stack, agent: Agent, approvalId: string): Promise<string> {
  heading(
    "11  A human reads the plan and approves. (Here it is a script with a person's key; the page is at /console/)",
  );
  const approver = { principal: "human/oncall", kind: "human", roles: ["approver"], days: 1 } as const;
  const human = new Console(stack.address, await createKey(stack.keys, approver));
  const card = Card.parse(await human.get(`approvals/${approvalId}`));
  const told = agent.notified("mcp.approval.changed");
  const decision = {
    verdict: "approve",
    reason: "The limit was a mistake.",
    revision: card.revision,
    seen_digest: card.plan.digest,
  };
  console.log(
    styled("yellow", `→ POST /console/api/approvals/…/decision`),
    styled("dim", "approve: The limit was a mistake."),
  );
  const decided = Card.parse(await human.post(`approvals/${approvalId}/decision`, decision));
  say(styled("green", `${decided.state} by human/oncall`));

  const { state, approval_token } = Approved.parse((await told).params);
  call("← mcp.approval.changed", { state, approval_token: cut(approval_token ?? "", 24) });
  expect("the agent was told at once, with a token", approval_token !== undefined);
  return approval_token ?? "";
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

const Card = z.looseObject({ state: z.string(), revision: z.int(), plan: z.looseObject({ digest: z.string() }) });

/** The console's API, as a program with a person's key uses it. */
class Console {
  readonly #base: string;
  readonly #headers: Record<string, string>;

  constructor(address: string, key: string) {
    this.#base = address.replace(/^ws/, "http").replace(/\/mcp$/, "/console/api/");
    this.#headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
  }

  get(path: string): Promise<unknown> {
    return this.#ask(path, { headers: this.#headers });
  }

  post(path: string, body: object): Promise<unknown> {
    return this.#ask(path, { method: "POST", headers: this.#headers, body: JSON.stringify(body) });
  }

  async #ask(path: string, init: RequestInit): Promise<unknown> {
    const response = await fetch(this.#base + path, init);
    const answer: unknown = await response.json();
    if (!response.ok) throw new Error(`${path} was refused: ${JSON.stringify(answer)}`);
    return answer;
  }
}
