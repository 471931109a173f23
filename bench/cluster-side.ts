// The figures of the cluster's side, with the goals beside them: pods, PromQL, redaction, and log search in a proxy of its own.

import { MAX_PEAK_MB, measureLogs, MIN_MB_PER_S } from "./logs.ts";
import { MAX_PROXY_MS, MAX_TOOL_BYTES, measurePods } from "./pods.ts";
import { measurePromql } from "./promql.ts";
import { measureRedaction, MIN_REDACTED_MB_PER_S } from "./redaction.ts";
import { atLeast, atMost } from "./summary.ts";
import type { Aim } from "./summary.ts";

export async function measureClusterSide(onProgress: (step: string) => void): Promise<readonly Aim[]> {
  onProgress("listing the pods of a namespace of 5,000");
  const pods = await measurePods();
  onProgress("checking PromQL, redacting lines");
  const promql = measurePromql();
  const redaction = measureRedaction();
  onProgress("searching 360,000 lines in six pods");
  const { figures, megabytes, peakMegabytes } = await measureLogs();

  return [
    ...pods.map(({ question, proxyMs }) =>
      atMost(`pods of 5,000, ${question}`, MAX_PROXY_MS, { figure: proxyMs, unit: " ms" }),
    ),
    atMost("the largest of these answers, from the tool", MAX_TOOL_BYTES / 1024, {
      figure: Math.max(...pods.map(({ toolBytes }) => toolBytes)) / 1024,
      unit: " KiB",
    }),
    ...promql.map(({ name, us, goalUs }) => atMost(`PromQL guard, ${name}`, goalUs, { figure: us, unit: " µs" })),
    atLeast("lines redacted", MIN_REDACTED_MB_PER_S, { figure: redaction, unit: " MB/s" }),
    ...figures.map(({ question, megabytesPerSecond }) =>
      atLeast(`log search over ${megabytes.toFixed(0)} MB, ${question}`, MIN_MB_PER_S, {
        figure: megabytesPerSecond,
        unit: " MB/s",
      }),
    ),
    atMost("memory of the proxy meanwhile", MAX_PEAK_MB, { figure: peakMegabytes, unit: " MB" }),
  ];
}
