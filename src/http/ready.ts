// GET /ready: whether calls can be taken here, and what does not answer. Strangers learn the kind of that, and no more.

import { UPSTREAM_KINDS } from "../ports/health.ts";
import { isWatcher } from "./metrics.ts";
import { problem, TOO_MANY } from "./problem.ts";
import type { Checked, Overview } from "../ports/health.ts";
import type { MetricsDesk } from "../ports/metrics.ts";
import type { Health } from "./console/contract/usage.ts";
import type { Watched } from "./metrics.ts";

export interface ReadyParts {
  readonly services: Watched;
  readonly desk: Pick<MetricsDesk, "checks" | "overview">;
  /** The platform's, by address. */
  readonly limit: { readonly limit: (of: { readonly key: string }) => Promise<{ readonly success: boolean }> };
}

export async function ready(request: Request, { services, desk, limit }: ReadyParts): Promise<Response> {
  if (isWatcher(request, services)) return answered(healthOf(await desk.overview()));
  const { success } = await limit.limit({ key: request.headers.get("cf-connecting-ip") ?? "unknown" });
  if (!success) return problem(TOO_MANY);
  const checks = await desk.checks();
  return answered({ ...standingOf(checks), checks: kindsOf(checks) });
}

export function healthOf({ checks, audit, sessions, approvalsWaiting }: Overview): Health {
  return {
    ...standingOf(checks),
    checks: checks.map(({ name, kind, ok, latencyMs, reason, checkedAtMs }) => ({
      ...{ name, kind, ok, latency_ms: latencyMs, reason },
      checked_at: new Date(checkedAtMs).toISOString(),
    })),
    audit: { backlog_rows: audit.backlogRows, lag_s: audit.lagMs / 1_000 },
    sessions: sessions ?? { live: 0, hibernated: 0 },
    approvals_waiting: approvalsWaiting ?? 0,
  };
}

/** One line a kind: neither how many clusters there are, nor which of them is in trouble. */
function kindsOf(checks: readonly Checked[]): readonly Pick<Checked, "kind" | "ok">[] {
  return UPSTREAM_KINDS.map((kind) => checks.filter((check) => check.kind === kind))
    .filter((alike) => alike.length > 0)
    .flatMap((alike) => alike.slice(0, 1).map(({ kind }) => ({ kind, ok: alike.every(({ ok }) => ok) })));
}

/**
 * A balancer sends nobody to what is not ready. A cluster that is away takes its own calls with it, and must not take those
 * to the others; only where none is left is there nothing to do here.
 */
export function standingOf(checks: readonly Checked[]): Pick<Health, "ready" | "status"> {
  const [clusters, own] = [checks.filter(isCluster), checks.filter((check) => !isCluster(check) && !check.isOptional)];
  const ready = own.every(({ ok }) => ok) && (clusters.length === 0 || clusters.some(({ ok }) => ok));
  if (!ready) return { ready, status: "not_ready" };
  return { ready, status: checks.every(({ ok }) => ok) ? "ready" : "degraded" };
}

function isCluster({ kind }: Checked): boolean {
  return kind === "cluster";
}

interface Answer extends Pick<Health, "ready" | "status"> {
  readonly checks: readonly object[];
}

function answered(body: Answer): Response {
  return Response.json(body, { status: body.ready ? 200 : 503, headers: { "cache-control": "no-store" } });
}
