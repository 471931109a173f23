// As much of the tools' answers as the demo shows.

import * as z from "zod";

export const Meta = z.looseObject({
  took_ms: z.int(),
  total: z.int().optional(),
  redactions: z.record(z.string(), z.int()).default({}),
  untrusted: z.literal(true),
});

export const Tools = z.object({ tools: z.array(z.looseObject({ name: z.string() })) });

export const Alerts = z.object({
  alerts: z.array(z.looseObject({ name: z.string(), state: z.string(), summary: z.string().default("") })),
  meta: Meta,
});

export const Diagnosis = z.object({
  findings: z.array(
    z.looseObject({
      severity: z.string(),
      code: z.string(),
      object: z.string(),
      summary: z.string(),
      evidence: z.array(z.string()),
    }),
  ),
  meta: Meta,
});

export const Workload = z.object({
  revisions: z.array(
    z.looseObject({
      revision: z.int(),
      created_at: z.string(),
      images: z.array(z.string()),
      changes: z.array(z.string()),
    }),
  ),
  meta: Meta,
});

export const Events = z.object({
  events: z.array(
    z.looseObject({
      last_seen: z.string(),
      count: z.int(),
      reason: z.string(),
      object: z.string(),
      message: z.string(),
    }),
  ),
  meta: Meta,
});

export const Lines = z.object({
  lines: z.array(z.looseObject({ ts: z.string().optional(), line: z.string() })),
  meta: Meta,
});

export const Range = z.object({
  series: z.array(z.looseObject({ points: z.array(z.union([z.number(), z.string(), z.null()])).default([]) })),
  meta: Meta,
});

export const Pods = z.object({
  pods: z.array(z.looseObject({ name: z.string(), status: z.string(), ready: z.string(), restarts: z.int() })),
});

export const Preview = z.object({
  runbook: z.string(),
  risk: z.string(),
  approval: z.object({ required: z.int() }),
  plan: z.object({
    steps: z.array(
      z.looseObject({ does: z.string(), outcome: z.looseObject({ diff: z.array(z.string()).default([]) }).optional() }),
    ),
    objects: z.array(z.string()),
    pods: z.int(),
    blockers: z.array(z.string()),
  }),
});

export const Approved = z.looseObject({
  approval_id: z.string(),
  state: z.string(),
  approval_url: z.string().optional(),
  approval_token: z.string().optional(),
});

export const RunShown = z.looseObject({
  state: z.string(),
  message: z.string().optional(),
  steps: z.array(
    z.looseObject({ id: z.string(), state: z.string(), does: z.string(), message: z.string().optional() }),
  ),
});
