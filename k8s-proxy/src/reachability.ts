// Whether the API server can be reached: asked seldom, however often the probes ask us.
import type { KubernetesApi } from "./kubernetes/client.ts";

const CHECK_EVERY_MS = 5_000;
export const CHECK_TIMEOUT_MS = 2_000;

export interface ReachabilityOptions {
  readonly api: Pick<KubernetesApi, "get">;
  readonly now: () => number;
  /** Fires when the process has begun to stop. */
  readonly stopping: AbortSignal;
}

/** `/version` is open to every account, and a token that has gone bad is refused there as everywhere. */
export function reachability({ api, now, stopping }: ReachabilityOptions): () => Promise<boolean> {
  let last: { readonly at: number; readonly isReachable: Promise<boolean> } | undefined;

  return () => {
    if (!last || now() - last.at >= CHECK_EVERY_MS) {
      const check = api.get({ path: ["version"], timeoutMs: CHECK_TIMEOUT_MS }, stopping);
      last = { at: now(), isReachable: check.then((answer) => answer.ok) };
    }
    return last.isReachable;
  };
}
