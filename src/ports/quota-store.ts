// Where a principal's quota is counted, over all its sessions.

import * as z from "zod";
import type { Lease, LeaseRequest, QuotaExhausted, QuotaState, Unused } from "../limits/quota.ts";
import type { Result } from "../result.ts";
import type { UpstreamFailure } from "./failure.ts";

export type { Lease, LeaseRequest, QuotaExhausted, QuotaState, Unused };

export interface QuotaStore {
  /** One round trip. An answer that is lost leaves its units spent. */
  lease(principalId: string, request: LeaseRequest): Promise<Result<Lease, QuotaExhausted | UpstreamFailure>>;
  /** For a session that ends. Not to be repeated when it fails: it may have been counted. */
  giveBack(principalId: string, unused: Unused): Promise<Result<undefined, UpstreamFailure>>;
  /** As of now, with what sessions hold leased. */
  spent(principalId: string): Promise<Result<QuotaState, UpstreamFailure>>;
}

/** A lease as its session keeps it through sleep: tiny, for it travels in the socket's attachment. */
export const HeldLease = z.strictObject({
  atMs: z.number(),
  /** As granted. */
  units: z.int(),
  left: z.int(),
});
export type HeldLease = Readonly<z.output<typeof HeldLease>>;
