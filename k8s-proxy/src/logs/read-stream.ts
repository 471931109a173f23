// One container's log from the API server: streamed, cut into lines, each made safe before anything else sees it.
import { fail } from "../failure.ts";
import { untilBroken } from "../until-broken.ts";
import { momentReader } from "./log-moment.ts";
import { safeLines } from "./safe-lines.ts";
import { lineSplitter } from "./split-lines.ts";

import type { Streamed } from "../egress.ts";
import type { EgressRequest } from "../egress-request.ts";
import type { Failure } from "../failure.ts";
import type { Reading } from "../reading.ts";
import type { LogLimits } from "./limits.ts";
import type { LogQuestion, LogSink, LogSource } from "./log-source.ts";
import type { ScanBudget } from "./scan-budget.ts";

export interface StreamScan {
  readonly question: LogQuestion;
  readonly sink: LogSink;
  readonly reading: Reading;
  readonly limits: LogLimits;
  readonly budget: ScanBudget;
  readonly deadline: AbortSignal;
}

export interface StreamEnd {
  /** False where a budget was gone before its turn came. */
  readonly isStarted: boolean;
  readonly lines: number;
  readonly failure?: Failure;
  readonly cutBy?: "bytes" | "lines" | "time";
}

export async function readStream(source: LogSource, scan: StreamScan): Promise<StreamEnd> {
  const { budget, deadline, reading } = scan;
  if (reading.signal.aborted) return { isStarted: false, lines: 0, cutBy: "time" };
  const limitBytes = budget.left(source.pod);
  if (limitBytes === 0) return { isStarted: false, lines: 0, cutBy: "bytes" };

  const answered = await reading.api.stream(requestOf(source, limitBytes, scan), reading.signal);
  if (!answered.ok) {
    return deadline.aborted
      ? { isStarted: true, lines: 0, cutBy: "time" }
      : { isStarted: true, lines: 0, failure: answered.error };
  }
  if (answered.value.status === 204) return unread("it runs on no node yet, so it has no log");
  return drain(answered.value, source, scan);
}

function requestOf({ pod, container }: LogSource, limitBytes: number, { question, limits }: StreamScan): EgressRequest {
  const { namespace, previous, sinceMs, order } = question;
  return {
    path: ["api", "v1", "namespaces", namespace, "pods", pod, "log"],
    query: {
      container,
      timestamps: true,
      limitBytes,
      // Counted from the end; the bytes are counted from the oldest of these lines.
      ...(order === "newest" && { tailLines: limits.tailLines }),
      ...(sinceMs > 0 && { sinceTime: new Date(sinceMs).toISOString().replace(/\.\d+Z$/, "Z") }),
      ...(previous && { previous }),
    },
    timeoutMs: limits.timeMs,
  };
}

/** The node answers 200 and this in the place of a log that it has lost. */
const LOST = "unable to retrieve container logs for ";

async function drain({ body }: Streamed, source: LogSource, scan: StreamScan): Promise<StreamEnd> {
  const { budget, deadline, limits, question } = scan;
  const taker = lineTaker(source, scan);
  const splitter = lineSplitter(taker.take);
  const wire = { isBroken: false };
  for await (const chunk of untilBroken(body, wire)) {
    budget.spend(source.pod, chunk.byteLength);
    splitter.push(chunk);
    if (budget.left(source.pod) === 0) break;
  }
  const isCut = budget.left(source.pod) === 0;
  const last = splitter.end();
  // Where something ended the bytes, the last line is half a line: nobody may take it for a whole one.
  if (!isCut && !wire.isBroken && last !== "") taker.take(last);

  const { lines, isLost } = taker.done();
  if (isLost) return unread("its node has lost this log");
  if (isCut) return { isStarted: true, lines, cutBy: "bytes" };
  if (wire.isBroken && deadline.aborted) return { isStarted: true, lines, cutBy: "time" };
  if (wire.isBroken) return { ...unread("the log broke off while it was read"), lines };
  const mayHaveMore = question.order === "newest" && lines >= limits.tailLines;
  return { isStarted: true, lines, ...(mayHaveMore && { cutBy: "lines" as const }) };
}

function unread(why: string): StreamEnd {
  return { isStarted: true, lines: 0, failure: fail("not_found", why).error };
}

function lineTaker(source: LogSource, { question, sink, reading }: StreamScan) {
  const momentOf = momentReader();
  const safe = safeLines(reading.redact);
  const take = sink.open(source);
  let lines = 0;
  let lost = 0;
  let atMs = question.sinceMs;
  const takeLine = (line: string) => {
    lines += 1;
    const space = line.indexOf(" ");
    const moment = momentOf(space === -1 ? line : line.slice(0, space));
    if (moment === undefined && line.startsWith(LOST)) {
      lost += 1;
      return;
    }
    atMs = moment ?? atMs;
    // Lines outside the window are looked at as well: a private key may begin in one.
    const text = safe(moment === undefined ? line : line.slice(space === -1 ? line.length : space + 1));
    if (atMs >= question.sinceMs && atMs <= question.untilMs) take(atMs, text);
  };
  return { take: takeLine, done: () => ({ lines: lines - lost, isLost: lines === 1 && lost === 1 }) };
}
