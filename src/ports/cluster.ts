// A Kubernetes cluster, as far as an agent may see it: through the k8s-proxy, and only to read.

import type { Observed, ProxyError, Route, WatchLine, WatchRequest } from "k8s-proxy/contract";
import type * as z from "zod";
import type { Result } from "../result.ts";
import type { TraceContext } from "../trace-context.ts";
import type { UpstreamFailure } from "./failure.ts";

/** The proxy answered, and its answer was no: the words are the proxy's own and safe to pass on. */
export interface ProxyRefusal {
  readonly kind: "proxy_refused";
  readonly error: ProxyError;
}

/** On whose behalf a request travels; the proxy checks it again and writes it into its own log. */
export interface ProxyCaller {
  readonly cluster: string;
  /** Where this call may look: names, prefixes (`shop-*`), or `*`. Never wider than the caller's grant. */
  readonly namespaces: readonly string[];
  readonly principalId: string;
  readonly tool: string;
  /** Joins the proxy's log line to the audit row. */
  readonly callId: string;
  /** The step that asks, for the proxy and what it asks in turn. */
  readonly trace?: TraceContext | undefined;
  readonly signal: AbortSignal;
}

export interface Clusters {
  /** The configured clusters, in the order of the configuration; never empty. */
  readonly names: readonly string[];
  /** One question to the proxy of the caller's cluster, and its checked answer. */
  ask<A extends z.ZodObject, D extends z.ZodObject>(
    route: Route<A, D>,
    request: z.output<A>,
    caller: ProxyCaller,
  ): Promise<Result<z.output<D> & Observed, UpstreamFailure | ProxyRefusal>>;
}

/** What happens in a namespace of a cluster, as it happens. */
export interface NamespaceWatches {
  /**
   * A refusal is the answer; after that, lines come until the proxy's last one, `ended`. Where it does not come, the last
   * item is a failure instead: the proxy fell silent, broke off, or made no sense. The caller's signal, and leaving the
   * loop, end the watch in the cluster as well. Lines are read as they are asked for; a slow reader misses no line.
   */
  watch(
    request: WatchRequest,
    caller: ProxyCaller,
  ): Promise<Result<AsyncIterable<Result<WatchLine, UpstreamFailure>>, UpstreamFailure | ProxyRefusal>>;
}
