// The console's Tools and Policy pages: what there is to call, who may, and why; and calling it as oneself.
//
// GET  tools               ToolCatalogue   any human
// POST tools/call          RawCall         any human, with what its own roles allow → RawAnswer
// GET  policy              PolicyView      keys:admin or audit:read
// POST policy/simulate     SimulateBody    keys:admin or audit:read; about oneself every human → Simulation

import * as z from "zod";
import { once } from "../../../once.ts";

export const ToolEntry = once(() =>
  z.object({
    name: z.string(),
    description: z.string(),
    effect: z.enum(["read", "write", "destroy"]),
    requires: z.string(),
    rate: z.string(),
    cost: z.int(),
    timeout_ms: z.int(),
    max_result_bytes: z.int(),
    enabled: z.boolean(),
    /** JSON Schema 2020-12. */
    input_schema: z.record(z.string(), z.unknown()),
    output_schema: z.record(z.string(), z.unknown()),
    mine: z.object({ may_call: z.boolean(), why: z.string() }),
  }),
);
export type ToolEntry = z.output<ReturnType<typeof ToolEntry>>;

export const ToolCatalogue = once(() =>
  z.object({ tools: z.array(ToolEntry()), clusters: z.array(z.string()), policy_version: z.string() }),
);
export type ToolCatalogue = z.output<ReturnType<typeof ToolCatalogue>>;

/** One JSON-RPC request as an agent would send it. */
export const RawCall = once(() => z.strictObject({ message: z.string().max(64 * 1024) }));
export type RawCall = z.output<ReturnType<typeof RawCall>>;

/** The answer as an agent would get it, and how long it took. */
export const RawAnswer = once(() => z.object({ message: z.string(), took_ms: z.int(), session_id: z.string() }));
export type RawAnswer = z.output<ReturnType<typeof RawAnswer>>;

export const PolicyView = once(() =>
  z.object({
    version: z.string(),
    permissions: z.array(z.string()),
    roles: z.array(
      z.object({
        name: z.string(),
        description: z.string().optional(),
        grants: z.array(
          z.object({
            permissions: z.array(z.string()),
            clusters: z.array(z.string()),
            namespaces: z.array(z.string()),
          }),
        ),
      }),
    ),
    /** Units a period, by role; `default` for everybody else. */
    quotas: z.record(z.string(), z.string()),
  }),
);
export type PolicyView = z.output<ReturnType<typeof PolicyView>>;

export const SimulateBody = once(() =>
  z.strictObject({
    who: z.discriminatedUnion("by", [
      z.strictObject({ by: z.literal("me") }),
      z.strictObject({ by: z.literal("key"), key_id: z.string().max(64) }),
      z.strictObject({
        by: z.literal("roles"),
        kind: z.enum(["agent", "human"]),
        roles: z.array(z.string().max(64)).max(32),
      }),
    ]),
    tool: z.string().max(128),
    cluster: z.string().max(64).optional(),
    namespace: z.string().max(64).optional(),
  }),
);
export type SimulateBody = z.output<ReturnType<typeof SimulateBody>>;

export const Simulation = once(() =>
  z.object({
    allowed: z.boolean(),
    /** One sentence. */
    why: z.string(),
    /** In the order in which a call meets them; what follows one that fails is not looked at. */
    checks: z.array(z.object({ check: z.string(), passed: z.boolean(), detail: z.string() })),
    /** The grants that gave it. */
    grants: z.array(
      z.object({
        role: z.string(),
        permission: z.string(),
        clusters: z.array(z.string()),
        namespaces: z.array(z.string()),
      }),
    ),
    policy_version: z.string(),
  }),
);
export type Simulation = z.output<ReturnType<typeof Simulation>>;
