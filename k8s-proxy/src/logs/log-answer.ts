// What both readings of logs say about what was read, and where they read it.
import { safe } from "../safe.ts";
import { lokiLogs } from "./loki-logs.ts";
import { kubernetesLogs } from "./kubernetes-logs.ts";

import type { LogSummary } from "../contract/index.ts";
import type { Reading } from "../reading.ts";
import type { LevelCounts } from "./judge.ts";
import type { LogBackend } from "./log-backend.ts";
import type { LogQuestion, ReadReport } from "./log-source.ts";

const MAX_FAILED = 20;
const MAX_ERROR_LENGTH = 200;

/** Loki does not know one run of a container from the next. */
export function backendFor({ previous }: LogQuestion, { loki }: Reading): LogBackend {
  return loki === undefined || previous ? kubernetesLogs() : lokiLogs(loki);
}

export function summaryOf(report: ReadReport, levels: LevelCounts): LogSummary {
  return {
    matched: levels.total,
    scanned_lines: report.scannedLines,
    scanned_bytes: report.scannedBytes,
    pods_matched: report.podsMatched,
    pods_scanned: report.podsScanned,
    pods_failed: report.podsFailed
      .slice(0, MAX_FAILED)
      .map(({ error, ...where }) => ({ ...where, error: safe(error, MAX_ERROR_LENGTH) })),
    levels: levels.toRecord(),
  };
}

/** Nothing found is an answer; which of several reasons it has is worth a sentence. */
export function warnOfNothing(report: ReadReport, { previous }: LogQuestion, { warn }: Reading): void {
  const { podsMatched, podsScanned, podsFailed } = report;
  if (podsMatched === 0) warn("No pod matched: k8s.list_pods shows what their names are.");
  if (previous && podsMatched > 0 && podsScanned + podsFailed.length === 0) {
    warn("None of these containers has been restarted: ask without previous.");
  }
  if (podsFailed.length > MAX_FAILED)
    warn(`${podsFailed.length} logs could not be read; the first ${MAX_FAILED} are named.`);
}
