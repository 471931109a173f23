// Who is asking.

import * as z from "zod";
import { once } from "../once.ts";
import { PermissionPattern } from "./permission.ts";

/** What a principal may be called: safe inside a Redis key, a log line and a token's `sub`. */
export const PrincipalId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._@:/|+=-]{0,127}$/, "must be at most 128 letters, digits and . _ @ : / | + = -");

/** What proved it. Only a key can be looked up again; a token and an Access assertion stand until they expire. */
export const ProvenBy = once(() =>
  z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("key"), id: z.string() }),
    z.strictObject({ kind: z.literal("token"), provider: z.string() }),
    z.strictObject({ kind: z.literal("access") }),
  ]),
);
export type ProvenBy = z.output<ReturnType<typeof ProvenBy>>;

/** Someone with a proven credential. What they may do is looked up per call, never carried along. */
export const Principal = once(() =>
  z.strictObject({
    id: PrincipalId,
    kind: z.enum(["agent", "human"]),
    roles: z.array(z.string()),
    /** The human for whom an agent acts; recorded beside it in every audit row. */
    onBehalfOf: z.string().max(256).optional(),
    /** The human who owns the key that proved it, where one is written down: approves nothing that it asks for. */
    owner: z.string().max(256).optional(),
    /** Every name of whoever made that key and so saw its secret: approves nothing that it asks for, either. */
    madeBy: z.array(z.string().max(256)).optional(),
    credential: ProvenBy(),
    /** What a token allows of that which the roles give; left out, it narrows nothing. */
    scopes: z.array(PermissionPattern).optional(),
    expiresAtMs: z.number(),
  }),
);
export type Principal = z.output<ReturnType<typeof Principal>>;

/** A principal, and when that was last confirmed by whoever keeps the credential. */
export const Verified = once(() => z.strictObject({ principal: Principal(), verifiedAtMs: z.number() }));
export type Verified = z.output<ReturnType<typeof Verified>>;

/** Nobody in particular: may call what is public. */
export const ANONYMOUS = { kind: "anonymous" } as const;
export type Caller = Principal | typeof ANONYMOUS;
