// What wrangler.toml says, as wrangler itself reads it: for one of its environments, and for the file as a whole.

import { join } from "node:path";
import * as z from "zod";
import { root } from "../node/runtime.mjs";

const Named = z.object({ name: z.string() });
const Bound = z.object({ binding: z.string() });

const Configured = z.object({
  vars: z.record(z.string(), z.unknown()).default({}),
  durable_objects: z.object({ bindings: z.array(Named.extend({ class_name: z.string().optional() })).default([]) }),
  exports: z.record(z.string(), z.unknown()).default({}),
  workflows: z.array(Bound.extend({ class_name: z.string() })).default([]),
  r2_buckets: z.array(Bound).default([]),
  ratelimits: z.array(Named).default([]),
  triggers: z.object({ crons: z.array(z.string()).default([]) }).default({ crons: [] }),
  secrets: z.object({ required: z.array(z.string()).default([]) }).default({ required: [] }),
});
export type Configured = z.output<typeof Configured>;

export async function configured(environment?: string): Promise<Configured> {
  // All of wrangler is loaded with it, which takes seconds: whoever has mistyped need not wait for them.
  const { unstable_readConfig: readConfig } = await import("wrangler");
  const args = { config: join(root, "wrangler.toml"), ...(environment !== undefined && { env: environment }) };
  return Configured.parse(readConfig(args, { hideWarnings: true }));
}
