// Forget a value before it expires.

import * as z from "zod";
import { ok } from "../result.ts";
import { defineTool } from "../tool/tool.ts";
import { Key } from "./context-parameters.ts";

export const ctxDelete = defineTool({
  name: "ctx.delete",
  description: "Delete the value stored under a key. Answers whether there was one.",
  effect: "write",
  requires: "authenticated",
  rate: "120/minute",
  uses: ["context"],
  input: () => z.strictObject({ key: Key() }),
  output: () => z.object({ key: z.string(), deleted: z.boolean() }),

  async run({ key }, { context }, { grant, signal }) {
    const deleted = await context.delete({ principalId: grant.principal.id, key }, signal);
    return deleted.ok ? ok({ key, deleted: deleted.value }) : deleted;
  },
});
