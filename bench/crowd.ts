// A thousand sessions at once: how fast they are let in, and what each of them holds in memory.

import * as z from "zod";
import { usageOf } from "./proc.ts";
import { openAll } from "./socket.ts";

export const CrowdJob = z.object({
  kind: z.literal("crowd"),
  port: z.number(),
  path: z.string(),
  key: z.string().optional(),
  sessions: z.int(),
  pid: z.number().optional(),
});
export type CrowdJob = z.output<typeof CrowdJob>;

export const CrowdResult = z.object({
  sessions: z.int(),
  acceptedPerS: z.number(),
  cpuMsPerSession: z.number().optional(),
  kibPerSession: z.number().optional(),
});
export type CrowdResult = z.output<typeof CrowdResult>;

export async function runCrowd(job: CrowdJob): Promise<CrowdResult> {
  // The first session also pays for what all of them share.
  const first = await openAll(job, 1);
  const before = usageOf(job.pid);
  const startedAt = performance.now();
  const lines = await openAll(job, job.sessions);
  const seconds = (performance.now() - startedAt) / 1_000;
  const after = usageOf(job.pid);

  await Promise.all([...first, ...lines].map((line) => line.close()));
  return {
    sessions: lines.length,
    acceptedPerS: lines.length / seconds,
    ...(before && after
      ? {
          cpuMsPerSession: (after.cpuNs - before.cpuNs) / 1e6 / lines.length,
          kibPerSession: (after.rssBytes - before.rssBytes) / 1_024 / lines.length,
        }
      : {}),
  };
}
