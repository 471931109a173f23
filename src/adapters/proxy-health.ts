// Whether a cluster's proxy answers and calls itself ready: its own probe, which needs no token and names nothing.

import { causeOf, log } from "../log.ts";
import { err, ok } from "../result.ts";
import type { Probe } from "../ports/health.ts";
import type { ClusterAddress } from "./proxy-call.ts";

export function proxyHealth(
  { name, url }: ClusterAddress,
  { fetch }: { readonly fetch: typeof globalThis.fetch },
): Probe {
  const failed = (what: string) => {
    const message = `The proxy of cluster ${name} ${what}`;
    return err({ kind: "upstream_unavailable", upstream: `k8s-proxy/${name}`, message } as const);
  };
  return {
    name,
    kind: "cluster",
    async ask(signal) {
      try {
        const response = await fetch(`${url.replace(/\/+$/, "")}/readyz`, { redirect: "manual", signal });
        await response.body?.cancel();
        if (response.ok) return ok(undefined);
        return failed(response.status === 503 ? NOT_READY : "gave an answer that makes no sense here.");
      } catch (cause) {
        log("warn", "proxy.not_reached", { cluster: name, ...causeOf(cause) });
        return failed("cannot be reached.");
      }
    },
  };
}

const NOT_READY = "answers, and is not ready: /readyz on its internal port says why.";
