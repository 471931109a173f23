// The Durable Object that looks after the audit log once it has arrived: it verifies, seals each day, and hands the log on.

import { DurableObject } from "cloudflare:workers";
import type { EvidenceStatus } from "../ports/evidence.ts";

export class AuditKeeperObject extends DurableObject<Env> {
  status(): EvidenceStatus {
    return { ...NOTHING_YET };
  }
}

const NOTHING_YET: EvidenceStatus = {
  verifiedUpToMs: undefined,
  verifiedRows: 0,
  faults: [],
  lastCheckpointAtMs: undefined,
  lastRoot: undefined,
  quarantined: 0,
  archivedDay: undefined,
  forwardedUpToMs: undefined,
};
