// How things are now: what stands behind the server, whether the audit log keeps up, and who is connected.

import { Badge } from "../parts/badge.tsx";
import { Fact, Facts } from "../parts/facts.tsx";
import { Notice } from "../parts/notice.tsx";
import { sayTook } from "../parts/moment.ts";
import { sayCount } from "../parts/number.ts";
import { Failed, Loading, Outdated } from "../parts/state.tsx";
import { Text } from "../parts/text.tsx";
import { Ago } from "../parts/when.tsx";
import { Link } from "../router/link.tsx";
import { useMay } from "../state/use-may.ts";
import type { Loaded } from "../state/resource.ts";
import type { Health } from "./api.ts";

export interface StandingProps {
  readonly health: Loaded<Health>;
  readonly onRetry: () => void;
}

export function Standing({ health, onRetry }: StandingProps) {
  return (
    <aside class="usage-side" aria-label="How things are now">
      {health.is === "loading" && <Loading what="how things are now" rows={2} />}
      {health.is === "failed" && <Failed what="How things are now" problem={health.problem} onRetry={onRetry} />}
      {health.is === "ready" && health.problem && <Outdated problem={health.problem} onRetry={onRetry} />}
      {health.is === "ready" && <Now health={health.value} />}
    </aside>
  );
}

function Now({ health }: { readonly health: Health }) {
  return (
    <>
      <section class="block" aria-labelledby="usage-upstreams">
        <h2 id="usage-upstreams">What stands behind it</h2>
        {!health.ready && (
          <Notice tone="danger" title="Not ready">
            <p>Something that every call needs does not answer.</p>
          </Notice>
        )}
        {health.status === "degraded" && (
          <Notice tone="warning" title="Degraded">
            <p>What is down here takes its own calls with it; everything else is served.</p>
          </Notice>
        )}
        <ul class="upstreams">
          {health.checks.map((check) => (
            <li key={`${check.kind} ${check.name}`}>
              <Upstream check={check} />
            </li>
          ))}
        </ul>
      </section>
      <AuditKeeping audit={health.audit} />
      <Connected health={health} />
    </>
  );
}

function Upstream({ check }: { readonly check: Health["checks"][number] }) {
  const { name, kind, ok, latency_ms: latencyMs, reason, checked_at: at } = check;
  return (
    <>
      <span class="upstream-name">
        <Text value={name} />
        {kind === "cluster" && <span class="quiet"> cluster</span>}
      </span>
      <span class="upstream-took">{sayCount(latencyMs)} ms</span>
      <Badge tone={ok ? "good" : "danger"} icon={ok ? "check" : "cross"}>
        {ok ? "answers" : "down"}
      </Badge>
      {!ok && (
        <p class="upstream-why">
          {reason !== undefined && <Text value={reason} />}{" "}
          <span class="quiet">
            checked <Ago at={at} />
          </span>
        </p>
      )}
    </>
  );
}

/** Beyond these somebody has to look: a journal is full after some fifteen minutes without its database. */
const LATE_S = 60;
const MANY_ROWS = 10_000;

function AuditKeeping({ audit: { backlog_rows: backlog, lag_s: lagS } }: Pick<Health, "audit">) {
  const isBehind = lagS > LATE_S || backlog > MANY_ROWS;
  return (
    <section class="block" aria-labelledby="usage-audit">
      <h2 id="usage-audit">Audit log</h2>
      <Facts>
        <Fact name="Lag">
          <b class={isBehind ? "is-bad" : undefined}>{lagS < 1 ? "under 1 s" : sayTook(lagS * 1_000)}</b>
        </Fact>
        <Fact name="Not yet stored">{sayCount(backlog)} rows</Fact>
      </Facts>
      {isBehind && (
        <Notice tone="warning" title="It is behind">
          <p>
            Nothing is lost, but the numbers here leave out what has not arrived, and calls are refused if it lasts.
          </p>
        </Notice>
      )}
    </section>
  );
}

function Connected({ health: { sessions, approvals_waiting: waiting } }: { readonly health: Health }) {
  const maySee = useMay("sessions:read");
  return (
    <section class="block" aria-labelledby="usage-sessions">
      <h2 id="usage-sessions">Connected now</h2>
      <Facts>
        <Fact name="Sessions live">
          {maySee ? <Link to={{ page: "live" }}>{sayCount(sessions.live)}</Link> : sayCount(sessions.live)}
        </Fact>
        <Fact name="Asleep">{sayCount(sessions.hibernated)}</Fact>
        <Fact name="Approvals waiting">
          <Link to={{ page: "approvals", tab: "open" }}>{sayCount(waiting)}</Link>
        </Fact>
      </Facts>
    </section>
  );
}
