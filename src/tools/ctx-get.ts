// Read a value back.

import * as z from "zod";
import { ok } from "../result.ts";
import { defineTool } from "../tool/tool.ts";
import { Key, MAX_VALUE_BYTES } from "./context-parameters.ts";

export const ctxGet = defineTool({
  name: "ctx.get",
  description: "Read the value stored under a key. A key that is missing or has expired answers found: false.",
  effect: "read",
  requires: "authenticated",
  rate: "120/minute",
  // A value that could be stored can be read; the rest is its wrapping.
  maxResultBytes: MAX_VALUE_BYTES + 4 * 1024,
  uses: ["context"],
  input: () => z.strictObject({ key: Key() }),
  output: () =>
    z.object({ key: z.string(), found: z.boolean(), value: z.unknown().optional(), ttl_s: z.int().optional() }),

  async run({ key }, { context }, { grant, signal }) {
    const read = await context.get({ principalId: grant.principal.id, key }, signal);
    if (!read.ok) return read;
    if (!read.value) return ok({ key, found: false });

    const value: unknown = JSON.parse(read.value.json);
    return ok({ key, found: true, value, ttl_s: read.value.ttlS });
  },
});
