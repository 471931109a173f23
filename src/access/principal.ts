// Who is asking.

import * as z from "zod";

/** What a principal may be called: safe inside a Redis key, a log line and a token's `sub`. */
export const PrincipalId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._@:/-]{0,127}$/, "must be at most 128 letters, digits and . _ @ : / -");

/** Someone with a proven credential. What they may do is looked up per call, never carried along. */
export const Principal = z.strictObject({
  id: PrincipalId,
  kind: z.enum(["agent", "human"]),
  roles: z.array(z.string()),
  /** The human for whom an agent acts; recorded beside it in every audit row. */
  onBehalfOf: z.string().max(256).optional(),
  /** The API key that proved it. */
  keyId: z.string(),
  expiresAtMs: z.number(),
});
export type Principal = z.output<typeof Principal>;

/** Nobody in particular: may call what is public. */
export const ANONYMOUS = { kind: "anonymous" } as const;
export type Caller = Principal | typeof ANONYMOUS;
