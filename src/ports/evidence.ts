// What proves the audit log: signed heads of its chains, and a signed root a day over all of them.

import type { Result } from "../result.ts";
import type { UpstreamFailure } from "./failure.ts";

/** Signed: `signature` (base64url) is Ed25519 over the UTF-8 bytes of `statement`, `kid` the key's RFC 7638 thumbprint. */
export interface Signed {
  readonly statement: string;
  readonly kid: string;
  readonly signature: string;
}

/**
 * The head of a chain at a time. Its statement is JSON:
 * `{"typ":"gatehouse-checkpoint","chain_id":…,"seq":…,"hash":…,"ts":…,"final":…}`, in this order.
 */
export interface Checkpoint extends Signed {
  readonly chainId: string;
  readonly seq: number;
  /** Of the row `seq`, hex. All rows from 1 to `seq` exist, or did until their retention ended. */
  readonly hash: string;
  readonly tsMs: number;
  /** No row follows: the session has ended. */
  readonly isFinal: boolean;
}

/**
 * Of one day (UTC): the Merkle root (RFC 9162 §2.1.1) over the last checkpoint of that day of each chain that has one,
 * ordered by chain id (bytewise); a leaf is the UTF-8 of the checkpoint's statement. Its statement is JSON:
 * `{"typ":"gatehouse-root","day":…,"chains":…,"root":…,"prev_root":…}`, in this order, `prev_root` null on the first day.
 */
export interface DayRoot extends Signed {
  /** As 2026-11-29. */
  readonly day: string;
  readonly root: string;
  readonly chains: number;
  readonly prevRoot: string | undefined;
}

export interface EvidenceStore {
  /** One that is there already is left as it is. */
  putCheckpoint(checkpoint: Checkpoint, signal: AbortSignal): Promise<Result<undefined, UpstreamFailure>>;
  putRoot(root: DayRoot, signal: AbortSignal): Promise<Result<undefined, UpstreamFailure>>;
}

export const FAULT_KINDS = ["tampered", "gap", "duplicate", "signature", "truncated", "root", "incomplete"] as const;

export interface EvidenceFault {
  readonly kind: (typeof FAULT_KINDS)[number];
  readonly chainId?: string | undefined;
  readonly seq?: number | undefined;
  /** What is wrong, in words for whoever answers for the log. */
  readonly detail: string;
  readonly foundAtMs: number;
}

/** How things stand with the log as evidence, as the object knows that verifies it and hands it on. */
export interface EvidenceStatus {
  /** Everything that had arrived in Postgres by then was verified. */
  readonly verifiedUpToMs: number | undefined;
  readonly verifiedRows: number;
  /** Newest first, at most 20. */
  readonly faults: readonly EvidenceFault[];
  readonly lastCheckpointAtMs: number | undefined;
  readonly lastRoot: Pick<DayRoot, "day" | "root" | "chains"> | undefined;
  readonly quarantined: number;
  /** The last day written to the archive whole; how far the forwarding has come. Undefined where it is not configured. */
  readonly archivedDay: string | undefined;
  readonly forwardedUpToMs: number | undefined;
}
