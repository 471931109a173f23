// Remember a value beyond this connection.

import * as z from "zod";
import { byteLength } from "../bytes.ts";
import { err, ok } from "../result.ts";
import { defineTool } from "../tool/tool.ts";
import { DEFAULT_TTL_S, Key, MAX_TTL_S, MAX_VALUE_BYTES, Value } from "./context-parameters.ts";

export const ctxSet = defineTool({
  name: "ctx.set",
  description:
    "Store a JSON value under a key. It outlives the connection and is readable from all your sessions until it expires.",
  effect: "write",
  requires: "authenticated",
  rate: "120/minute",
  // The value is the agent's own notebook; the log needs to know that it wrote, not what.
  omitFromAudit: ["value"],
  uses: ["context"],
  input: () =>
    z.strictObject({
      key: Key(),
      value: Value(),
      ttl_s: z.int().min(1).max(MAX_TTL_S).default(DEFAULT_TTL_S).describe("Seconds to keep it"),
    }),
  output: () => z.object({ key: z.string(), stored: z.literal(true), ttl_s: z.int(), bytes: z.int() }),

  async run({ key, value, ttl_s }, { context }, { grant, signal }) {
    const json = JSON.stringify(value);
    const bytes = byteLength(json);
    if (bytes > MAX_VALUE_BYTES) {
      return err({
        kind: "payload_too_large",
        message: `The value has ${bytes} bytes of JSON, ${MAX_VALUE_BYTES} are allowed.`,
      });
    }

    const stored = await context.set({ principalId: grant.principal.id, key }, { json, ttlS: ttl_s }, signal);
    if (stored.ok) return ok({ key, stored: true as const, ttl_s, bytes });
    if (stored.error.kind !== "context_full") return err(stored.error);
    const message = `You hold ${stored.error.maxKeys} keys, which is all you may: delete some with ctx.delete first.`;
    return err({ kind: "context_full", message });
  },
});
