// Changing a cluster: through the actions proxy, a deployment of its own with the rights that its cluster's owners gave it.

import type { ActionName, ActionOutcome } from "k8s-proxy/contract";
import type { Result } from "../result.ts";
import type { ProxyCaller, ProxyRefusal } from "./cluster.ts";
import type { UpstreamFailure } from "./failure.ts";

/** The cluster has no actions proxy: everything but mutations works there. */
export interface NotInstalled {
  readonly kind: "actions_not_installed";
  readonly cluster: string;
}

/**
 * The change may have been made, and its answer is lost: see `outcome`. An `UpstreamFailure` on the other hand says that
 * the request never reached the proxy or was refused by it before anything was done.
 */
export interface AnswerLost {
  readonly kind: "answer_lost";
  readonly message: string;
}

export interface ActionCall {
  readonly action: ActionName;
  /** The route's request as it goes out; checked by its schema here and again in the proxy. */
  readonly request: Readonly<Record<string, unknown>>;
}

export interface Actions {
  /** The clusters that have an actions proxy. */
  readonly installed: readonly string[];
  act(
    call: ActionCall,
    caller: ProxyCaller,
  ): Promise<Result<ActionOutcome, NotInstalled | AnswerLost | UpstreamFailure | ProxyRefusal>>;
  /** What became of a key: safe to ask at any time. */
  outcome(
    idempotencyKey: string,
    caller: ProxyCaller,
  ): Promise<
    Result<
      { readonly state: "unknown" | "under_way" | "done"; readonly outcome?: ActionOutcome | undefined },
      NotInstalled | UpstreamFailure | ProxyRefusal
    >
  >;
}
