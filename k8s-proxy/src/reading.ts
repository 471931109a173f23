// What one call may use: the backends, how far it may look, and when to stop.
import type * as z from "zod";
import type { Failure } from "./failure.ts";
import type { KubernetesApi } from "./kubernetes/client.ts";
import type { Loki } from "./loki/client.ts";
import type { Alertmanager } from "./prometheus/alertmanager.ts";
import type { Prometheus } from "./prometheus/client.ts";
import type { Turns } from "./prometheus/turns.ts";
import type { PodCounts } from "./kubernetes/pod-counts.ts";
import type { Reach } from "./reach.ts";
import type { ResourceCatalogue } from "./kubernetes/resource-catalogue.ts";
import type { Redact } from "./redact/redact.ts";
import type { Result } from "./result.ts";

export interface Reading extends Backends {
  readonly reach: Reach;
  /** The caller is gone. */
  readonly signal: AbortSignal;
  /** One sentence that the reader of the answer must know; goes into its `warnings`. */
  readonly warn: (warning: string) => void;
}

/** What stands behind the proxy, made once at its start. */
export interface Backends {
  readonly api: KubernetesApi;
  /** Left out where the cluster has none. */
  readonly prometheus?: Prometheus | undefined;
  readonly alertmanager?: Alertmanager | undefined;
  readonly loki?: Loki | undefined;
  /** Readings of logs are dear: a few at a time, so that the memory of the proxy holds. */
  readonly logSearches: Turns;
  /** The built-in rules, and the patterns of this deployment if it has any. */
  readonly redact: Redact;
  readonly podCounts: PodCounts;
  /** What any-kind readings may read: `pods`, `databases.example.com`. */
  readonly resources: ReadonlySet<string>;
  readonly resourceCatalogue: ResourceCatalogue;
  readonly now: () => number;
}

/** The code behind one route: `Handles<typeof ROUTES.listPods>`. All text in its answer is already cleaned and redacted. */
export type Handles<R extends AnyRoute> = (
  asked: z.output<R["request"]>,
  reading: Reading,
) => Promise<Result<z.input<R["data"]>, Failure>>;

interface AnyRoute {
  readonly request: z.ZodObject;
  readonly data: z.ZodObject;
}
