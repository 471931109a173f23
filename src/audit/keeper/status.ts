// How things stand with the log, from what the keeper's steps have noted down.

import * as z from "zod";
import { once } from "../../once.ts";
import { filedSoFar } from "./file-days.ts";
import { forwardedSoFar } from "./forward.ts";
import { verifiedSoFar } from "./verify.ts";
import type { EvidenceStatus } from "../../ports/evidence.ts";
import type { KeptProgress } from "../../ports/kept-progress.ts";

/** `isFiled`, `isForwarded`: whether there is a bucket and a receiver now. What was done for those of before is over. */
export function evidenceStatus(
  progress: KeptProgress,
  { isFiled, isForwarded }: { readonly isFiled: boolean; readonly isForwarded: boolean },
): EvidenceStatus {
  const verified = verifiedSoFar(progress);
  const bounds = Bounds().parse(progress.get("bounds") ?? {});
  const forwarded = isForwarded ? forwardedSoFar(progress) : undefined;
  return {
    verifiedUpToMs: verified.upToMs,
    verifiedRows: verified.rows,
    faults: verified.faults,
    lastCheckpointAtMs: bounds.lastCheckpointAtMs,
    lastRoot: Root().optional().parse(progress.get("root")),
    quarantined: bounds.quarantined,
    archivedDay: isFiled ? filedSoFar(progress)?.day : undefined,
    forwardedUpToMs: forwarded && (forwarded.after ? Date.parse(forwarded.after.ingestedAt) : forwarded.fromMs),
  };
}

const Bounds = once(() => z.object({ lastCheckpointAtMs: z.number().optional(), quarantined: z.int().default(0) }));
const Root = once(() => z.object({ day: z.string(), root: z.string(), chains: z.int() }));
