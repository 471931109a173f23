// The Prometheus behind the stand-in: a real one where its program is installed, else recorded answers of another cluster's.
import { findPrometheus, startReal } from "./real.ts";
import { startRecorded } from "./recorded.ts";
import { sourceOf } from "./source.ts";

import type { RunningPrometheus } from "./running.ts";
import type { Observed } from "./source.ts";

export interface PrometheusOptions {
  readonly cluster: Observed;
  /** `recorded` even where the program is installed. */
  readonly kind?: "recorded";
}

export async function startPrometheus({ cluster, kind }: PrometheusOptions): Promise<RunningPrometheus> {
  const program = kind === "recorded" ? undefined : findPrometheus();
  return program === undefined ? startRecorded(cluster.bootMs) : startReal(program, sourceOf(cluster));
}
