// Whether actions would be done: the API server can be reached, and the process is not stopping.
import { reachability } from "../reachability.ts";
import { VERSION } from "../version.ts";

import type { ReachabilityOptions } from "../reachability.ts";

export interface ActionsReadiness {
  readonly status: "ready" | "cluster_unavailable" | "draining";
  readonly version: string;
}

export function actionsReadiness(options: ReachabilityOptions): () => Promise<ActionsReadiness> {
  const isReachable = reachability(options);
  return async () => {
    if (options.stopping.aborted) return { status: "draining", version: VERSION };
    return { status: (await isReachable()) ? "ready" : "cluster_unavailable", version: VERSION };
  };
}
