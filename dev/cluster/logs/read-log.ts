// One GET of pods/{name}/log: the rules of the API server, over what was recorded and what the voices say.
import { hasMemoryForItsModel, isRecommender } from "../recommender.ts";
import { killedWhileLoading } from "./killed-while-loading.ts";
import { logRequest } from "./options.ts";
import { recordsOf } from "./record.ts";
import { runOf } from "./container.ts";
import { select } from "./select.ts";
import { loaded, SERVING } from "./serving.ts";
import { speak, voiceOf } from "./voice.ts";

import type { ApiObject } from "../api-object.ts";
import type { Outage } from "../outage.ts";
import type { Line, LogRecord } from "./record.ts";
import type { RecordedLogs } from "./recorded-logs.ts";
import type { Run } from "./container.ts";
import type { Speech } from "./voice.ts";

export interface LogSource {
  readonly recorded: RecordedLogs;
  /** The moment that the recording was moved to: what is invented is invented relative to it. */
  readonly bootMs: number;
  readonly now: number;
  readonly outage: Outage;
}

/** Undefined stands for 204: the pod has no node yet, so there is nothing to read. */
export function readLog(pod: ApiObject, query: URLSearchParams, source: LogSource): Buffer | undefined {
  const request = logRequest(query, pod.metadata.name, source.now);
  const run = runOf(pod, request);
  if (run === undefined) return undefined;
  // An error inside a 200, without a newline: that is how the kubelet says it.
  if (run.lostId !== undefined) return Buffer.from(`unable to retrieve container logs for ${run.lostId}`);
  return select(contents(pod, run, source), request);
}

function contents(pod: ApiObject, run: Run, source: LogSource): readonly LogRecord[] {
  const { namespace = "", name, labels } = pod.metadata;
  const app = labels?.app ?? "";
  const of = `${namespace}/${name}/${run.container}`;
  if (isRecommender(pod)) return ofRecommender(pod, run, { seed: of, ...source }).flatMap(recordsOf);

  const recorded = endedWith(source.recorded.get(of) ?? [], run);
  const voice = voiceOf({ namespace, app, container: run.container });
  // Pods that exist for what was recorded of them say nothing else.
  const spoken = voice ? speak(voice, { seed: of, run, ...source }) : [];
  return [...recorded, ...spoken].toSorted((one, other) => one.atMs - other.atMs).flatMap(recordsOf);
}

function ofRecommender(pod: ApiObject, run: Run, speech: Omit<Speech, "run">): readonly Line[] {
  if (!hasMemoryForItsModel(pod)) return killedWhileLoading(run);
  const started = loaded(pod, run).filter(({ atMs }) => atMs <= speech.now);
  const readyMs = run.startedMs + 100;
  return [...started, ...speak(SERVING, { ...speech, run: { ...run, startedMs: readyMs } })];
}

/** Nothing is written after the end: a recording of an earlier run is taken for one of this. */
function endedWith(lines: readonly Line[], { finishedMs = Infinity }: Run): readonly Line[] {
  const lateMs = Math.max(0, (lines.at(-1)?.atMs ?? 0) - finishedMs);
  return lines.map((line) => ({ ...line, atMs: line.atMs - lateMs }));
}
