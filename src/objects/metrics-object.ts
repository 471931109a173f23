// The Durable Object that counts for the whole deployment, asks after its upstreams, and tells open pages to look again.

import { DurableObject } from "cloudflare:workers";
import { withDeadline } from "../deadline.ts";
import { closeCodeToEcho } from "../jsonrpc/frame.ts";
import { causeOf, log } from "../log.ts";
import { exposition } from "../metrics/exposition.ts";
import { backlogOf, gaugesOf, sessionsOf } from "../metrics/gauges.ts";
import { deployment } from "./deployment.ts";
import { HealthChecks } from "./health-checks.ts";
import { KeptTotals } from "./kept-totals.ts";
import { LiveSockets } from "./live-sockets.ts";
import { Paced } from "./paced.ts";
import type { Facts } from "../metrics/gauges.ts";
import type { Checked, Overview } from "../ports/health.ts";
import type { Activity, MetricsReport } from "../ports/metrics.ts";

/** What was counted since is lost with a crash. What a scrape was told is not: see `exposition`. */
const SAVE_EVERY_MS = 10_000;
const TELL_EVERY_MS = 1_000;
const ASK_TIMEOUT_MS = 2_000;

export class MetricsObject extends DurableObject<Env> {
  readonly #totals: KeptTotals;
  readonly #live: LiveSockets;
  readonly #health = new HealthChecks(deployment.probes, () => this.changed("health"));
  readonly #told = new Map<Activity, Paced>();
  #savedAtMs = -Infinity;
  #alarmAtMs = Infinity;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#totals = new KeptTotals(ctx.storage.kv);
    this.#live = new LiveSockets(ctx);
  }

  report(report: MetricsReport): void {
    this.#totals.add(report);
    this.#keep();
    const names = Object.keys(report.counts);
    if (names.some((name) => name.startsWith("gatehouse_calls_total"))) this.changed("calls");
    if (names.some((name) => name.startsWith("gatehouse_audit_rows_total"))) this.changed("audit");
  }

  changed(activity: Activity): void {
    if (this.ctx.getWebSockets().length === 0) return;
    const paced = this.#told.get(activity) ?? new Paced(TELL_EVERY_MS, () => this.#live.tell({ changed: activity }));
    this.#told.set(activity, paced);
    paced.ask();
  }

  checks(): Promise<readonly Checked[]> {
    return this.#health.current();
  }

  async overview(): Promise<Overview> {
    const facts = await this.#facts();
    const { rows: backlogRows, lagMs } = backlogOf(facts);
    const approvalsWaiting = facts.approvals && (facts.approvals.states.requested ?? 0);
    return { checks: facts.checks, audit: { backlogRows, lagMs }, sessions: sessionsOf(facts), approvalsWaiting };
  }

  /** Saved before it is told: a counter that fell back after a crash would look like one that began anew. */
  async exposition(): Promise<string> {
    const facts = await this.#facts();
    this.#save();
    return exposition(this.#totals.counts, gaugesOf(facts));
  }

  /** The upgrade of an open page, authenticated by the Worker. */
  override fetch(request: Request): Response {
    const response = this.#live.accept(request);
    this.#arm(this.#live.nextExpiryMs());
    return response;
  }

  override webSocketMessage(socket: WebSocket): void {
    this.#live.heard(socket);
  }

  override webSocketClose(socket: WebSocket, code: number): void {
    socket.close(closeCodeToEcho(code));
  }

  override alarm(): void {
    this.#alarmAtMs = Infinity;
    this.#save();
    this.#live.expire();
    this.#arm(this.#live.nextExpiryMs());
  }

  #keep(): void {
    const dueInMs = Math.min(SAVE_EVERY_MS, this.#savedAtMs + SAVE_EVERY_MS - deployment.now());
    if (dueInMs <= 0) this.#save();
    else this.#arm(deployment.now() + dueInMs);
  }

  #save(): void {
    this.#totals.save();
    this.#savedAtMs = deployment.now();
  }

  #arm(atMs: number | undefined): void {
    if (atMs === undefined || atMs >= this.#alarmAtMs) return;
    this.#alarmAtMs = atMs;
    this.ctx.storage.setAlarm(atMs).catch((cause: unknown) => {
      this.#alarmAtMs = Infinity;
      log("error", "metrics.alarm_not_set", causeOf(cause));
    });
  }

  async #facts(): Promise<Facts> {
    const { CATALOGUE, APPROVAL, AUDIT_KEEPER } = this.env;
    const [checks, census, approvals, evidence] = await Promise.all([
      this.#health.current(),
      asked("sessions", () => CATALOGUE.getByName("deployment").census()),
      asked("approvals", () => APPROVAL.getByName("deployment").counts()),
      asked("evidence", () => AUDIT_KEEPER.getByName("deployment").status()),
    ]);
    const { now, server } = deployment;
    return { nowMs: now(), version: server.version, sinks: this.#totals.sinks, checks, census, approvals, evidence };
  }
}

/** One that cannot answer must not take the others' figures with it. */
async function asked<T>(what: string, question: () => Promise<T>): Promise<T | undefined> {
  try {
    const done = await withDeadline(ASK_TIMEOUT_MS, undefined, question);
    if (done.ok) return done.value;
    log("warn", "metrics.not_told", { what, reason: done.error.kind });
  } catch (cause) {
    log("warn", "metrics.not_told", { what, ...causeOf(cause) });
  }
  return undefined;
}
