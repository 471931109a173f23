// GET /ready: whether everything that a call may need answers. Strangers learn the kind of what does not, and no more.

import { UPSTREAM_KINDS } from "../ports/health.ts";
import { isWatcher } from "./metrics.ts";
import { problem, TOO_MANY } from "./problem.ts";
import type { Checked, Overview } from "../ports/health.ts";
import type { MetricsDesk } from "../ports/metrics.ts";
import type { Services } from "../services.ts";
import type { Health } from "./console/contract/usage.ts";

export interface ReadyParts {
  readonly services: Pick<Services, "config">;
  readonly desk: Pick<MetricsDesk, "checks" | "overview">;
  readonly limit: RateLimit;
}

export async function ready(request: Request, { services, desk, limit }: ReadyParts): Promise<Response> {
  if (isWatcher(request, services)) return answered(healthOf(await desk.overview()));
  const { success } = await limit.limit({ key: request.headers.get("cf-connecting-ip") ?? "unknown" });
  if (!success) return problem(TOO_MANY);
  const checks = await desk.checks();
  return answered({ ready: isReady(checks), checks: kindsOf(checks) });
}

export function healthOf({ checks, audit, sessions, approvalsWaiting }: Overview): Health {
  return {
    ready: isReady(checks),
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

function isReady(checks: readonly Checked[]): boolean {
  return checks.every(({ ok }) => ok);
}

interface Answer {
  readonly ready: boolean;
  readonly checks: readonly object[];
}

function answered(body: Answer): Response {
  return Response.json(body, { status: body.ready ? 200 : 503, headers: { "cache-control": "no-store" } });
}
