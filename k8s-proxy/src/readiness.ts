// Whether calls would be answered: asked of the API server seldom, however often the probes ask us.
import type { KubernetesApi } from "./kubernetes/client.ts";

const CHECK_EVERY_MS = 5_000;
const CHECK_TIMEOUT_MS = 2_000;

export type Readiness = "ready" | "cluster_unavailable" | "draining";

export interface ReadinessOptions {
  readonly api: Pick<KubernetesApi, "get">;
  readonly now: () => number;
  /** Fires when the process has begun to stop. */
  readonly stopping: AbortSignal;
}

/** `/version` is open to every account, and a token that has gone bad is refused there as everywhere. */
export function readinessCheck({ api, now, stopping }: ReadinessOptions): () => Promise<Readiness> {
  let last: { readonly at: number; readonly isReachable: Promise<boolean> } | undefined;

  return async () => {
    if (stopping.aborted) return "draining";
    if (!last || now() - last.at >= CHECK_EVERY_MS) {
      const check = api.get({ path: ["version"], timeoutMs: CHECK_TIMEOUT_MS }, stopping);
      last = { at: now(), isReachable: check.then((answer) => answer.ok) };
    }
    return (await last.isReachable) ? "ready" : "cluster_unavailable";
  };
}
