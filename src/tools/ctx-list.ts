// See what is stored.

import * as z from "zod";
import { ok } from "../result.ts";
import { defineTool } from "../tool/tool.ts";

/** A page of keys at their longest still fits an answer. */
const MAX_LISTED = 100;

export const ctxList = defineTool({
  name: "ctx.list",
  description: "List your stored keys in order, with the seconds they have left. Read the values with ctx.get.",
  effect: "read",
  requires: "authenticated",
  rate: "60/minute",
  maxResultBytes: 80 * 1024,
  uses: ["context"],
  input: () =>
    z.strictObject({
      prefix: z.string().max(256).default("").describe("Only keys that begin with this"),
      after: z.string().max(256).optional().describe("Only keys after this one: the last key of the page before"),
    }),
  output: () =>
    z.object({
      keys: z.array(z.object({ key: z.string(), ttl_s: z.int() })),
      meta: z.object({ returned: z.int(), total: z.int(), truncated: z.boolean(), hint: z.string().optional() }),
    }),

  async run({ prefix, after }, { context }, { grant, signal }) {
    const listed = await context.list({ principalId: grant.principal.id, key: prefix }, signal);
    if (!listed.ok) return listed;

    const wanted = after === undefined ? listed.value : listed.value.filter(({ key }) => key > after);
    const keys = wanted.slice(0, MAX_LISTED).map(({ key, ttlS }) => ({ key, ttl_s: ttlS }));
    const truncated = keys.length < wanted.length;
    const meta = { returned: keys.length, total: listed.value.length, truncated };
    const last = keys.at(-1)?.key ?? "";
    return ok({
      keys,
      meta: truncated ? { ...meta, hint: `ctx.list with after: ${JSON.stringify(last)} continues` } : meta,
    });
  },
});
