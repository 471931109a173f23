// Answers how the Prometheus server itself is. Its configuration and flags are never read: they hold credentials.
import { ok } from "../result.ts";
import { safe } from "../safe.ts";
import { BuildInfo, RuntimeInfo, TsdbStatus } from "./api-answer.ts";
import { configured, wholeCluster } from "./guard.ts";

import type * as z from "zod";
import type { ROUTES } from "../contract/index.ts";
import type { Handles, Reading } from "../reading.ts";
import type { Prometheus } from "./client.ts";

type Data = z.input<typeof ROUTES.prometheusStatus.data>;

const TOP = 10;

export const prometheusStatus: Handles<typeof ROUTES.prometheusStatus> = async (_asked, reading) => {
  const allowed = wholeCluster(reading, "The state of Prometheus belongs to");
  if (!allowed.ok) return allowed;
  const prometheus = configured(reading);
  if (!prometheus.ok) return prometheus;

  const [build, runtime, tsdb] = await Promise.all([
    partOf("buildinfo", BuildInfo, { prometheus: prometheus.value, reading }),
    partOf("runtimeinfo", RuntimeInfo, { prometheus: prometheus.value, reading }),
    partOf("tsdb", TsdbStatus, { prometheus: prometheus.value, reading }),
  ]);
  // Where nothing answers, that is the answer.
  if (!build.ok && !runtime.ok && !tsdb.ok) return build;
  return ok({
    ...(build.ok && build.value.version !== "" && { version: safe(build.value.version, 64) }),
    ...(runtime.ok && runtimeOf(runtime.value, reading.now())),
    ...(tsdb.ok && tsdbOf(tsdb.value)),
  });
};

interface Asking {
  readonly prometheus: Prometheus;
  readonly reading: Reading;
}

async function partOf<S extends z.ZodType>(part: string, data: S, { prometheus, reading }: Asking) {
  const query = part === "tsdb" ? { limit: TOP } : {};
  const read = await prometheus.read({ path: ["status", part], query, data }, reading.signal);
  if (!read.ok) reading.warn(`${part} could not be read: ${read.error.message}.`);
  return read.ok ? ok(read.value.data) : read;
}

function runtimeOf(info: z.output<typeof RuntimeInfo>, now: number): Partial<Data> {
  const { startTime, reloadConfigSuccess, lastConfigTime, corruptionCount, goroutineCount, storageRetention } = info;
  const startedMs = Date.parse(startTime ?? "");
  return {
    ...(!Number.isNaN(startedMs) && {
      started_at: new Date(startedMs).toISOString(),
      uptime_s: Math.max(0, Math.floor((now - startedMs) / 1000)),
    }),
    ...(storageRetention && { retention: safe(storageRetention, 64) }),
    ...(reloadConfigSuccess !== undefined && { config_reload_ok: reloadConfigSuccess }),
    ...(lastConfigTime && { last_config_at: safe(lastConfigTime, 40) }),
    ...(corruptionCount !== undefined && { wal_corruptions: corruptionCount }),
    ...(goroutineCount !== undefined && { goroutines: goroutineCount }),
  };
}

function tsdbOf({ headStats, ...top }: z.output<typeof TsdbStatus>): Partial<Data> {
  return {
    ...(headStats.numSeries !== undefined && { series: headStats.numSeries }),
    ...(headStats.chunkCount !== undefined && { chunks: headStats.chunkCount }),
    top_metrics: topOf(top.seriesCountByMetricName),
    top_labels: topOf(top.labelValueCountByLabelName),
  };
}

function topOf(counted: readonly { readonly name: string; readonly value: number }[]) {
  return counted.slice(0, TOP).map(({ name, value }) => ({ name: safe(name, 256), count: value }));
}
