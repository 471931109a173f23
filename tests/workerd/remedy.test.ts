// An incident ends: an agent asks, a human approves, the deployment is rolled back once, and its pods are well again.

import { introspectWorkflowInstance, runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, expect, it } from "vitest";
import * as z from "zod";
import { desk, human, storyOf, warmUp } from "./approved.ts";
import { asked, connect, eventually, forget, refusal, sql } from "./world.ts";
import type { Agent } from "./world.ts";

beforeAll(warmUp, 60_000);

const WHERE = { namespace: "shop", name: "recommender" };
const Shown = z.object({ result: z.looseObject({ approval_id: z.string(), state: z.string() }) });
const Told = z.object({ approval_id: z.string(), state: z.string(), approval_token: z.string() });
const Pods = z.object({
  result: z.looseObject({ pods: z.array(z.looseObject({ status: z.string(), ready: z.string() })) }),
});

async function isWell(agent: Agent): Promise<boolean> {
  const answer = await agent.call("k8s.list_pods", { namespace: WHERE.namespace, label_selector: "app=recommender" });
  const { pods } = Pods.parse(answer).result;
  return pods.length > 0 && pods.every(({ status, ready }) => status === "Running" && ready === "1/1");
}

/** On the page, which shows what `find` answers. */
async function approve(id: string): Promise<void> {
  const seen = await desk().find(id);
  if (!seen) throw new Error("there is no such card");
  const by = { by: human("human:mia"), authenticatedAtMs: Date.now() };
  const decided = await desk().decide({
    id,
    ...by,
    verdict: "approve",
    revision: seen.revision,
    planDigest: seen.plan.digest,
  });
  expect(decided).toMatchObject({ ok: true });
}

it("is rolled back after a human said yes, once, and everything of it is one story", { timeout: 90_000 }, async () => {
  const agent = await connect(["operator", "observer"]);
  expect(await isWell(agent)).toBe(false);

  const wanted = { runbook_id: "roll-back", params: WHERE };
  const refused = await agent.call("runbook.execute", wanted);
  expect(refused).toMatchObject(refusal(40301, "approval_required"));
  const requested = Shown.parse(
    await agent.call("runbook.request_approval", { ...wanted, reason: "It needs 41 MiB." }),
  );
  const { approval_id: id } = requested.result;
  await approve(id);
  const told = Told.parse((await agent.notified("mcp.approval.changed")).params);
  expect(told).toMatchObject({ approval_id: id, state: "approved" });

  await using instance = await introspectWorkflowInstance(env.RUNBOOKS, `rb-${id}`);
  await instance.modify((modifier) => modifier.disableSleeps());
  await forget();
  const executed = { runbook_id: "roll-back", approval_token: told.approval_token, wait_s: 60 };
  const run = await agent.call("runbook.execute", executed);

  expect(run).toMatchObject({ result: { run_id: `rb-${id}`, state: "succeeded", approvers: ["human:mia"] } });
  expect(await isWell(agent)).toBe(true);
  const changes = async () =>
    (await asked("actions")).filter((body) => body.includes('"dry_run":false') && body.includes(id));
  expect(await changes()).toHaveLength(1);
  expect(JSON.parse((await changes())[0] ?? "")).toMatchObject({
    ...WHERE,
    idempotency_key: `${id}:roll_back`,
    expect: { generation: 2 },
  });

  const again = await agent.call("runbook.execute", executed);
  expect(again).toMatchObject(refusal(40900, "approval_consumed", { runId: `rb-${id}` }));
  expect(await changes()).toHaveLength(1);

  await agent.drain();
  for (const object of [desk(), env.RUN.getByName(`rb-${id}`)]) await runDurableObjectAlarm(object);
  const story = (await storyOf(id)).filter(({ tool, action }) => tool === "runbook.act" || action !== "tool.call");
  expect(
    story.map(
      ({ action, tool, phase, outcome }) =>
        `${tool === null ? String(action) : `runbook.act ${String(phase)}`} ${String(outcome)}`,
    ),
  ).toEqual([
    "approval.requested ok",
    "approval.approved ok",
    "approval.consumed ok",
    "run.started ok",
    ...Array<string>(5).fill("run.step ok"),
    "runbook.act intent pending",
    "runbook.act outcome ok",
    ...Array<string>(4).fill("run.step ok"),
    "run.ended ok",
  ]);
  await eventually(
    async () => (await sql(`select state from runs where run_id = 'rb-${id}'`))[0]?.state === "succeeded",
  );
});
