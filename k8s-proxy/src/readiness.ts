// Whether calls would be answered: the API server can be reached, and the account is proven to only read.
import { CHECK_TIMEOUT_MS, reachability } from "./reachability.ts";
import { VERSION } from "./version.ts";

import type { ReadOnlyProof, ReadOnlyVerdict } from "./kubernetes/read-only-proof.ts";
import type { ReachabilityOptions } from "./reachability.ts";

export interface Readiness {
  readonly status: "ready" | "cluster_unavailable" | "draining" | "read_only_violated" | "read_only_unknown";
  readonly read_only: ReadOnlyVerdict;
}

export interface ReadinessOptions extends ReachabilityOptions {
  readonly proof: ReadOnlyProof;
  /** Whether calls are answered with a verdict other than `proven` all the same; no, unless configured. */
  readonly accepts?: (verdict: ReadOnlyVerdict) => boolean;
}

export function readinessCheck(options: ReadinessOptions): () => Promise<Readiness> {
  const { proof, accepts = () => false, stopping } = options;
  const isReachable = reachability(options);

  return async () => {
    if (stopping.aborted) return { status: "draining", read_only: proof.verdict() };
    if (!(await isReachable())) return { status: "cluster_unavailable", read_only: proof.verdict() };
    const read_only = await latest(proof);
    return { status: statusOf(read_only, accepts(read_only)), read_only };
  };
}

/** A proof is waited for while there is none, but no longer than a probe waits for us: it then learns what is known so far. */
async function latest(proof: ReadOnlyProof): Promise<ReadOnlyVerdict> {
  const verdict = proof.verdict();
  const refreshed = proof.refresh();
  if (verdict.verdict === "proven") return verdict;

  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<ReadOnlyVerdict>((resolve) => {
    timer = setTimeout(() => resolve(proof.verdict()), CHECK_TIMEOUT_MS);
  });
  const first = await Promise.race([refreshed, late]);
  clearTimeout(timer);
  return first;
}

function statusOf({ verdict }: ReadOnlyVerdict, isAccepted: boolean): Readiness["status"] {
  if (verdict === "proven" || isAccepted) return "ready";
  return verdict === "violated" ? "read_only_violated" : "read_only_unknown";
}

/** For the port that a tunnel opens to the internet: how many, and not which; the names are for the internal port and the log. */
export function withoutNames({ status, read_only }: Readiness) {
  const { verdict, checked_at, namespaces, violations } = read_only;
  return {
    status,
    version: VERSION,
    read_only: {
      verdict,
      ...(checked_at !== undefined && { checked_at }),
      namespaces: namespaces.length,
      violations: violations.length,
    },
  };
}
