// Whether calls would be answered: asked of the API server seldom, however often the probes ask us.
import { VERSION } from "./version.ts";

import type { KubernetesApi } from "./kubernetes/client.ts";
import type { ReadOnlyProof, ReadOnlyVerdict } from "./kubernetes/read-only-proof.ts";

const CHECK_EVERY_MS = 5_000;
const CHECK_TIMEOUT_MS = 2_000;

export interface Readiness {
  readonly status: "ready" | "cluster_unavailable" | "draining" | "read_only_violated" | "read_only_unknown";
  readonly read_only: ReadOnlyVerdict;
}

export interface ReadinessOptions {
  readonly api: Pick<KubernetesApi, "get">;
  readonly proof: ReadOnlyProof;
  /** Whether calls are answered with a verdict other than `proven` all the same; no, unless configured. */
  readonly accepts?: (verdict: ReadOnlyVerdict) => boolean;
  readonly now: () => number;
  /** Fires when the process has begun to stop. */
  readonly stopping: AbortSignal;
}

/** `/version` is open to every account, and a token that has gone bad is refused there as everywhere. */
export function readinessCheck(options: ReadinessOptions): () => Promise<Readiness> {
  const { api, proof, accepts = () => false, now, stopping } = options;
  let last: { readonly at: number; readonly isReachable: Promise<boolean> } | undefined;

  return async () => {
    if (stopping.aborted) return { status: "draining", read_only: proof.verdict() };
    if (!last || now() - last.at >= CHECK_EVERY_MS) {
      const check = api.get({ path: ["version"], timeoutMs: CHECK_TIMEOUT_MS }, stopping);
      last = { at: now(), isReachable: check.then((answer) => answer.ok) };
    }
    if (!(await last.isReachable)) return { status: "cluster_unavailable", read_only: proof.verdict() };
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
