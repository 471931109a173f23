// The deployment that runs in this isolate. A fault in its configuration ends the start, before any request.

import { env, waitUntil } from "cloudflare:workers";
import file from "../../gatehouse.json" with { type: "json" };
import { requireConfig } from "../config.ts";
import { createServices } from "../services.ts";
import { toolset } from "../toolset.ts";

const platform = {
  fetch: (input: Parameters<typeof fetch>[0], init?: RequestInit) => fetch(input, init),
  now: () => Date.now(),
  uuid: () => crypto.randomUUID(),
  quotaOf: (principalId: string) => env.QUOTA.getByName(principalId),
  approvals: () => env.APPROVAL.getByName("deployment"),
  runOf: (runId: string) => env.RUN.getByName(runId),
  sinkOf: (name: string) => env.AUDIT_SINK.getByName(name),
  background: (work: () => Promise<void>) => waitUntil(work()),
};

export const deployment = createServices(requireConfig(env, file), platform, toolset);
