// Runs on the platform: driven by the real engine of Workflows, executed by an object that may vanish at any moment.

import { introspectWorkflowInstance } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, expect, it } from "vitest";
import { approved, warmUp } from "./approved.ts";

beforeAll(warmUp, 60_000);

const DIAGNOSTICS = { runbook: "collect-diagnostics", params: { namespace: "shop", kind: "Deployment", name: "recommender", since: "1h" } };

it("smoke", async () => {
  const asked = await approved(DIAGNOSTICS);
  await using instance = await introspectWorkflowInstance(env.RUNBOOKS, asked.runId);
  await instance.modify(async (m) => m.disableSleeps());

  const redeemed = await asked.redeem();
  console.log(JSON.stringify(redeemed));
  await instance.waitForStatus("complete");

  const run = await asked.view();
  console.log(JSON.stringify(run, null, 1).slice(0, 3000));
  expect(run.state).toBe("succeeded");
}, 60_000);
