// The Durable Object of one principal, named by its id: what it has spent, over all its sessions.

import { DurableObject } from "cloudflare:workers";
import { SqliteQuota } from "../adapters/sqlite-quota.ts";
import { Tally } from "../metrics/tally.ts";
import { MetricsReporter } from "./metrics-report.ts";
import type { Lease, LeaseRequest, QuotaExhausted, QuotaState, Unused } from "../ports/quota-store.ts";
import type { Result } from "../result.ts";

export class QuotaObject extends DurableObject<Env> {
  readonly #quota: SqliteQuota;
  readonly #tally = new Tally();
  readonly #report: MetricsReporter;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#quota = new SqliteQuota(ctx.storage.sql, () => Date.now());
    this.#report = new MetricsReporter({ tally: this.#tally, metrics: () => env.METRICS.getByName("deployment") });
  }

  /** The answer leaves when its row is durable: what was granted stays spent through any crash. */
  lease(request: LeaseRequest): Result<Lease, QuotaExhausted> {
    const leased = this.#quota.lease(request);
    this.#tally.add("gatehouse_quota_leases_total", [leased.ok ? "granted" : "refused"]);
    this.#report.ask();
    return leased;
  }

  giveBack(unused: Unused): void {
    this.#quota.giveBack(unused);
  }

  spent(): QuotaState {
    return this.#quota.spent();
  }
}
