// What has arrived is verified as it comes, a span at a time: each row by itself and against the one before, and what was signed.

import { ok } from "../../result.ts";
import { checkpointsThatArrived } from "./arrived-checkpoints.ts";
import { ROW_LIMITS, rowsThatArrived } from "./arrived-rows.ts";
import type { Verified, VerifyArrived } from "../keeper/keeping.ts";
import type { EvidenceFault } from "../../ports/evidence.ts";
import type { Finding } from "./finding.ts";

/** Whoever has changed more than this is not told about in full: the command names every row. */
const MAX_FAULTS = 100;

/**
 * Rows are 20,000 at most, so that one time fits into what the platform grants; what is left begins at `upToMs`. Rows that are
 * missing at a chain's end, whole chains and roots are not seen here: they take the whole log, which the command reads.
 */
export function arrivedVerifier(now: () => number, limits = ROW_LIMITS): VerifyArrived {
  return async (question) => {
    const checkpoints = await checkpointsThatArrived(question);
    if (!checkpoints.ok) return checkpoints;
    const rows = await rowsThatArrived({ ...question, limits, toMs: checkpoints.value.upToMs });
    if (!rows.ok) return rows;

    const { upToMs } = rows.value;
    const found = [...rows.value.found, ...checkpoints.value.found].filter(({ arrivedAtMs }) => arrivedAtMs < upToMs);
    const faults = found.slice(0, MAX_FAULTS).map(({ finding }) => faultOf(finding, now()));
    return ok({ upToMs, rows: rows.value.rows, faults } satisfies Verified);
  };
}

function faultOf({ kind, chainId, seq, detail, eventId, ts }: Finding, foundAtMs: number): EvidenceFault {
  const event = eventId === undefined ? "" : ` (event ${eventId} of ${ts ?? "an unknown time"})`;
  return { kind, chainId, seq, detail: `${detail}${event}`, foundAtMs };
}
