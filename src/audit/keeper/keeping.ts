// What the log's keeper works with, and the form of its steps.

import type { ArchiveBucket } from "../../ports/archive-bucket.ts";
import type { ArchiveBounds, AuditArchive } from "../../ports/audit-archive.ts";
import type { EvidenceFault, EvidenceStore } from "../../ports/evidence.ts";
import type { UpstreamFailure } from "../../ports/failure.ts";
import type { KeptProgress } from "../../ports/kept-progress.ts";
import type { LogReceiver } from "../../ports/log-receiver.ts";
import type { Result } from "../../result.ts";
import type { AuditKey, Signer } from "../signing.ts";

export interface Keeping {
  readonly archive: AuditArchive;
  readonly evidence: Pick<EvidenceStore, "putRoot">;
  readonly signer: Signer;
  readonly progress: KeptProgress;
  readonly now: () => number;
  /** Ends early when its signal says so. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Nothing is filed, handed on or verified where there is nobody to do it. */
  readonly bucket: ArchiveBucket | undefined;
  readonly receiver: LogReceiver | undefined;
  readonly verifyArrived: VerifyArrived | undefined;
}

/** Everything that arrived in the span, against what was there before and against what was signed. */
export type VerifyArrived = (question: {
  readonly archive: AuditArchive;
  readonly keys: readonly AuditKey[];
  readonly fromMs: number;
  readonly toMs: number;
  readonly signal: AbortSignal;
}) => Promise<Result<Verified, UpstreamFailure>>;

export interface Verified {
  /** `toMs`, or less where there was too much for one time. */
  readonly upToMs: number;
  readonly rows: number;
  readonly faults: readonly EvidenceFault[];
}

/** `bounds` is what the log was like when the round began. Ends by itself soon after its signal. */
export type Step = (
  keeping: Keeping,
  bounds: ArchiveBounds,
  signal: AbortSignal,
) => Promise<Result<undefined, UpstreamFailure>>;
