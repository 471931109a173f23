// Logs from Loki, which also has those of pods that are gone: page by page from the wanted end, within the same budgets.
import { fail } from "../failure.ts";
import { logQuery } from "../loki/log-query.ts";
import { ok } from "../result.ts";
import { listPods } from "./choose-pods.ts";
import { LIMITS } from "./limits.ts";
import { LokiPages } from "./loki-pages.ts";

import type { Loki, Window } from "../loki/client.ts";
import type { Failure } from "../failure.ts";
import type { Reading } from "../reading.ts";
import type { Result } from "../result.ts";
import type { LogLimits } from "./limits.ts";
import type { LogBackend } from "./log-backend.ts";
import type { LogQuestion, LogSink, ReadReport } from "./log-source.ts";
import type { PagesEnd } from "./loki-pages.ts";

/** Clocks of nodes may be ahead of ours. */
const AHEAD_MS = 60_000;

export function lokiLogs(loki: Loki, limits: LogLimits = LIMITS): LogBackend {
  return {
    async read(question, sink, caller) {
      const deadline = AbortSignal.timeout(limits.timeMs);
      const reading = { ...caller, signal: AbortSignal.any([caller.signal, deadline]) };
      const pods = await podsOf(question, loki, reading);
      if (!pods.ok) return pods;
      const read = await readPods(
        { question, sink, pods: pods.value.slice(0, limits.pods) },
        { loki, limits, reading },
      );
      if (caller.signal.aborted) return fail("cluster_timeout", "The caller left before the logs were read");
      if (!read.ok && !deadline.aborted) return read;
      const end = read.ok ? read.value : NOTHING;
      if (end.failure && !deadline.aborted) caller.warn(`Not all was read: ${end.failure.message}`);
      return ok(toReport(end, { pods: pods.value, limits, isLate: deadline.aborted, caller }));
    },
  };
}

const NOTHING: PagesEnd = { lines: 0, bytes: 0, pods: 0, isCut: false };

/** Those with lines in the window; Loki knows no labels of Kubernetes, so a selector is the API server's to judge. */
async function podsOf(
  question: LogQuestion,
  loki: Loki,
  reading: Reading,
): Promise<Result<readonly string[], Failure>> {
  const { namespace, container, labelSelector, isPod } = question;
  const query = logQuery({ namespace, container });
  const sources = await loki.sources(query, windowOf(question, reading.now()), reading.signal);
  if (!sources.ok) return sources;
  const names = [...new Set(sources.value.map(({ pod }) => pod))].filter(isPod).toSorted();
  if (labelSelector === undefined) return ok(names);
  const selected = await listPods(question, reading);
  if (!selected.ok) return selected;
  const isSelected = new Set(selected.value.items.map(({ metadata }) => metadata.name));
  return ok(names.filter((name) => isSelected.has(name)));
}

interface Wanted {
  readonly question: LogQuestion;
  readonly sink: LogSink;
  readonly pods: readonly string[];
}

interface Means {
  readonly loki: Loki;
  readonly limits: LogLimits;
  readonly reading: Reading;
}

async function readPods({ question, sink, pods }: Wanted, means: Means): Promise<Result<PagesEnd, Failure>> {
  if (pods.length === 0) return ok(NOTHING);
  const { loki, limits, reading } = means;
  const { namespace, container, order } = question;
  const pages = new LokiPages({ loki, sink, redact: reading.redact, maxBytes: limits.totalBytes });
  const query = logQuery({ namespace, container, pods });
  return pages.read({ query, order, ...windowOf(question, reading.now()) }, reading.signal);
}

function windowOf({ sinceMs, untilMs }: LogQuestion, now: number): Window {
  const endMs = Number.isFinite(untilMs) ? untilMs : now + AHEAD_MS;
  // The whole of the last millisecond belongs to it.
  return { startNs: toNs(sinceMs), endNs: toNs(endMs + 1) };
}

function toNs(ms: number): bigint {
  return BigInt(Math.floor(ms)) * 1_000_000n;
}

interface Around {
  readonly pods: readonly string[];
  readonly limits: LogLimits;
  readonly isLate: boolean;
  readonly caller: Reading;
}

function toReport(end: PagesEnd, { pods, limits, isLate, caller }: Around): ReadReport {
  const isCut = pods.length > limits.pods;
  if (isCut) caller.warn(`${pods.length} pods matched, and ${limits.pods} of them were read: narrow the pod_pattern.`);
  return {
    scannedLines: end.lines,
    scannedBytes: end.bytes,
    podsMatched: pods.length,
    podsScanned: end.pods,
    podsFailed: [],
    truncated: {
      ...(end.isCut && { bytes: true }),
      ...(isCut && { pods: true }),
      ...((isLate || end.failure) && { time: true }),
    },
  };
}
