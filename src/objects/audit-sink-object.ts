// The Durable Object through which many journals reach Postgres together. It keeps nothing: rows stay in their journals
// until they have arrived, and what they count is told to the object that counts for all.

import { DurableObject } from "cloudflare:workers";
import { FanIn } from "../audit/fan-in.ts";
import { causeOf, log } from "../log.ts";
import { Arrivals } from "../metrics/arrivals.ts";
import { err } from "../result.ts";
import { ACT } from "../runbooks/act.ts";
import { deployment } from "./deployment.ts";
import { MetricsReporter } from "./metrics-report.ts";
import type { Contribution, Settled } from "../audit/fan-in.ts";
import type { JournalRow } from "../ports/audit-store.ts";

const TOOLS: ReadonlySet<string> = new Set([...deployment.toolset.tools.map(({ name }) => name), ACT]);
/** Each statement has a deadline of its own. */
const NEVER = new AbortController().signal;

export class AuditSinkObject extends DurableObject<Env> {
  readonly #arrivals = new Arrivals((name) => TOOLS.has(name));
  readonly #fanIn: FanIn;
  readonly #report: MetricsReporter;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    const name = ctx.id.name ?? ctx.id.toString();
    this.#report = new MetricsReporter({
      tally: this.#arrivals.tally,
      metrics: () => env.METRICS.getByName("deployment"),
      standing: () => ({ name, standing: this.#arrivals.standing(deployment.now()) }),
    });
    this.#fanIn = new FanIn({
      insert,
      now: deployment.now,
      pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
      onStatement: (outcome) => this.#arrivals.inserted(outcome),
      onSettled: (contribution, settled) => {
        this.#arrivals.settled(contribution, settled, deployment.now());
        this.#report.ask();
      },
    });
  }

  /** Answers when the rows are in Postgres, or when it is known that they are not. */
  contribute(contribution: Contribution): Promise<Settled> {
    this.#arrivals.offered(contribution, deployment.now());
    return this.#fanIn.offer(contribution);
  }
}

async function insert(rows: readonly JournalRow[]): Promise<Settled> {
  try {
    return await deployment.auditStore.insert(rows, NEVER);
  } catch (cause) {
    log("error", "audit.sink_crashed", causeOf(cause));
    return err({ kind: "upstream_unavailable", upstream: "audit-sink", message: "The audit sink failed." });
  }
}
