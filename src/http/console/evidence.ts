// The console's badge: up to when the audit log is verified, and what was found.

import { err, ok } from "../../result.ts";
import { answer } from "./answers.ts";
import { readingOf } from "./audit-asked.ts";
import type { EvidenceFault, EvidenceStatus } from "../../ports/evidence.ts";
import type { Result } from "../../result.ts";
import type { Problem } from "../problem.ts";
import type { Asked } from "./asked.ts";
import type { AuditEvidence } from "./contract/audit.ts";

const MAX_FAULTS = 20;

export async function showEvidence(asked: Asked): Promise<Result<Response, Problem>> {
  const reading = readingOf(asked, "audit:read");
  if (!reading.ok) return reading;
  const status = await asked.desk.evidence();
  if (!status) return err(NO_STATUS);
  // As of now, and not as of when the log was verified last.
  const counted = await reading.value.reader.quarantined(asked.request.signal);
  return ok(answer(evidenceOf({ ...status, ...(counted.ok && { quarantined: counted.value }) })));
}

function evidenceOf(status: EvidenceStatus): AuditEvidence {
  const { verifiedUpToMs, verifiedRows, faults, lastCheckpointAtMs, lastRoot, quarantined } = status;
  return {
    ...(verifiedUpToMs !== undefined && { verified_up_to: iso(verifiedUpToMs) }),
    verified_rows: verifiedRows,
    faults: faults.slice(0, MAX_FAULTS).map(faultOf),
    ...(lastCheckpointAtMs !== undefined && { last_checkpoint_at: iso(lastCheckpointAtMs) }),
    ...(lastRoot && { last_root: { day: lastRoot.day, root: lastRoot.root, chains: lastRoot.chains } }),
    quarantined,
  };
}

function faultOf({ kind, chainId, seq, detail, foundAtMs }: EvidenceFault): AuditEvidence["faults"][number] {
  return {
    kind,
    ...(chainId !== undefined && { chain_id: chainId }),
    ...(seq !== undefined && { seq }),
    ...{ detail, found_at: iso(foundAtMs) },
  };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

const NO_STATUS: Problem = {
  status: 503,
  reason: "evidence_unavailable",
  detail: "What is verified is not known at the moment. Try again soon, or run npm run audit -- verify.",
  headers: { "retry-after": "5" },
};
