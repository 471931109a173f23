// Logs from the API server: each container's as the node keeps it, several streams at a time, within the budgets.
import { fail } from "../failure.ts";
import { inParallel } from "../kubernetes/lists.ts";
import { err, ok } from "../result.ts";
import { choosePods } from "./choose-pods.ts";
import { LIMITS, STREAMS_AT_ONCE } from "./limits.ts";
import { readStream } from "./read-stream.ts";
import { ScanBudget } from "./scan-budget.ts";

import type { Failure } from "../failure.ts";
import type { Reading } from "../reading.ts";
import type { Result } from "../result.ts";
import type { ChosenPods } from "./choose-pods.ts";
import type { LogLimits } from "./limits.ts";
import type { LogBackend } from "./log-backend.ts";
import type { LogQuestion, LogSource, ReadReport } from "./log-source.ts";
import type { StreamScan, StreamEnd } from "./read-stream.ts";

export interface Ended extends StreamEnd {
  readonly source: LogSource;
}

const LISTING_TOO_SLOW = fail(
  "cluster_timeout",
  "The time of a search went by before the pods were listed; try again, or name fewer with a label_selector",
);

export function kubernetesLogs(limits: LogLimits = LIMITS): LogBackend {
  return {
    async read(question, sink, caller) {
      const deadline = AbortSignal.timeout(limits.timeMs);
      const reading = { ...caller, signal: AbortSignal.any([caller.signal, deadline]) };
      const chosen = await choosePods(question, limits.pods, reading);
      if (!chosen.ok) return deadline.aborted && !caller.signal.aborted ? LISTING_TOO_SLOW : chosen;

      const scan: StreamScan = { question, sink, reading, limits, budget: new ScanBudget(limits), deadline };
      const ends = await inParallel(chosen.value.sources, STREAMS_AT_ONCE, async (source) => ({
        source,
        ...(await readStream(source, scan)),
      }));
      if (caller.signal.aborted) return fail("cluster_timeout", "The caller left before the logs were read");
      warnOfMissingNewest(ends, question, caller);
      return toReport(chosen.value, ends, scan);
    },
  };
}

function toReport(chosen: ChosenPods, ends: readonly Ended[], { budget }: StreamScan): Result<ReadReport, Failure> {
  const failed = ends.flatMap(({ source, failure }) => (failure ? [{ source, failure }] : []));
  const everywhere = onlyReason(failed.map(({ failure }) => failure));
  if (everywhere && failed.length === ends.length) return err(everywhere);

  const isCut = (what: "bytes" | "lines" | "time") => ends.some(({ cutBy }) => cutBy === what);
  const read = ends.filter(({ failure, isStarted }) => isStarted && failure === undefined);
  return ok({
    scannedLines: ends.reduce((sum, { lines }) => sum + lines, 0),
    scannedBytes: budget.spent,
    podsMatched: chosen.matched,
    podsScanned: new Set(read.map(({ source }) => source.pod)).size,
    podsFailed: failed.map(({ source, failure }) => ({ ...source, error: wordsOf(failure) })),
    truncated: {
      ...(isCut("lines") && { lines: true }),
      ...(isCut("bytes") && { bytes: true }),
      ...(chosen.isCut && { pods: true }),
      ...(isCut("time") && { time: true }),
    },
  });
}

/** About one container, and not about the account or the server: these never fail the whole. */
const ABOUT_ONE: readonly string[] = ["invalid_request", "not_found"];

/** What every log was refused for, where it says something about the whole question. */
function onlyReason(failures: readonly Failure[]): Failure | undefined {
  const [first] = failures;
  if (first === undefined || ABOUT_ONE.includes(first.reason)) return undefined;
  return failures.every(({ reason }) => reason === first.reason) ? first : undefined;
}

/** The API server explains itself about the container; what else it says stands beside it already. */
function wordsOf({ message, reason }: Failure): string {
  if (reason === "not_found" && message.startsWith("The cluster")) return "the pod is gone";
  return message
    .replace("The cluster did not understand the request: ", "")
    .replace(/^container "[^"]{1,253}" in pod "[^"]{1,253}" is /, "")
    .replace(/ "[^"]{1,253}" in pod "[^"]{1,253}"/, "");
}

function warnOfMissingNewest(ends: readonly Ended[], { order }: LogQuestion, { warn }: Reading): void {
  const cut = ends.filter(({ cutBy, isStarted }) => isStarted && (cutBy === "bytes" || cutBy === "time"));
  if (order !== "newest" || cut.length === 0) return;
  const [first] = cut;
  const others = cut.length > 1 ? ` and ${cut.length - 1} more` : "";
  warn(
    `The budget ended before the newest lines of ${first?.source.pod ?? ""}${others}: a shorter since or a narrower pod_pattern reaches them.`,
  );
}
