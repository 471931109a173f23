// The argument that names a cluster, and what its proxy's no means for the caller.

import * as z from "zod";
import { once } from "../once.ts";
import type { ToolFailure } from "../tool/failure.ts";
import type { ProxyRefusal } from "../ports/cluster.ts";
import type { UpstreamFailure } from "../ports/failure.ts";

/** Shown to callers only where there is more than one cluster to choose from. */
export const Cluster = once(() => z.string().max(63).describe("Name of the cluster"));

/** What the proxy's no means for a caller. Its words are its own, checked and cleaned: they may be passed on. */
export function fromProxy(failure: UpstreamFailure | ProxyRefusal): ToolFailure {
  if (failure.kind !== "proxy_refused") return failure;
  const { reason, message, retry_after_s } = failure.error;
  const upstream = "kubernetes";
  switch (reason) {
    case "invalid_request":
      return { kind: "invalid_params", issues: [{ path: "", message }] };
    case "not_found":
    case "not_offered":
      return { kind: "not_found", message };
    case "cursor_expired":
      return { kind: reason, message };
    case "too_much":
      return { kind: "payload_too_large", message };
    case "namespace_not_allowed":
    case "cluster_forbids":
      return { kind: "forbidden", message };
    case "conflict":
    case "blocked":
      return { kind: reason, message };
    case "cluster_busy":
      return { kind: "busy", message, retryAfterMs: (retry_after_s ?? 1) * 1_000 };
    case "cluster_timeout":
      return { kind: "upstream_timeout", upstream, message };
    // The proxy does not accept us: nothing a caller can mend, and no business of theirs.
    case "unauthenticated":
      return {
        kind: "upstream_unavailable",
        upstream,
        message: "The cluster's proxy does not accept this deployment.",
      };
    case "cluster_unavailable":
      return { kind: "upstream_unavailable", upstream, message };
  }
}
