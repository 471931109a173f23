// The Durable Object of the whole deployment that is the authority on approvals and kill switches.

import { DurableObject } from "cloudflare:workers";
import { SqliteApprovals } from "../adapters/sqlite-approvals.ts";
import { SqliteSwitches } from "../adapters/sqlite-switches.ts";
import { Decisions } from "../approvals/decisions.ts";
import { Ledger } from "../approvals/ledger.ts";
import { Redemptions } from "../approvals/redemption.ts";
import { today } from "../approvals/today.ts";
import { closeCodeToEcho } from "../jsonrpc/frame.ts";
import { causeOf, log } from "../log.ts";
import { err, ok } from "../result.ts";
import { ApprovalNews } from "./approval-news.ts";
import { ApprovedRuns } from "./approved-runs.ts";
import { ConsoleNotes } from "./console-notes.ts";
import { deployment } from "./deployment.ts";
import { filed } from "./filed.ts";
import { JournalUpkeep } from "./journal-upkeep.ts";
import { LiveSockets } from "./live-sockets.ts";
import { Waiters } from "./waiters.ts";
import type { Principal } from "../access/principal.ts";
import type { Change } from "../approvals/ledger-parts.ts";
import type { ConsoleDesk, Deciding, Filed, Flipping, NotDecided, Visitor } from "../ports/approval-console.ts";
import type { Approval, ApprovalDesk, Asked, KillSwitch, NewApproval, Redemption } from "../ports/approvals.ts";
import type { ApprovalCounts } from "../ports/metrics.ts";
import type { RunState } from "../ports/runs.ts";
import type { Result } from "../result.ts";

const MAX_LISTED = 100;

type News = readonly [Approval, Change];

export class ApprovalObject extends DurableObject<Env> implements ApprovalDesk, ConsoleDesk {
  readonly #upkeep: JournalUpkeep;
  readonly #approvals: SqliteApprovals;
  readonly #switches: SqliteSwitches;
  readonly #ledger: Ledger;
  readonly #decisions: Decisions;
  readonly #redemptions: Redemptions;
  readonly #runs: ApprovedRuns;
  readonly #notes: ConsoleNotes;
  readonly #live: LiveSockets;
  readonly #waiters = new Waiters();
  readonly #news: ApprovalNews;
  #untold: News[] = [];

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#approvals = new SqliteApprovals(ctx.storage.sql);
    this.#switches = new SqliteSwitches(ctx.storage.sql);
    this.#live = new LiveSockets(ctx);
    this.#news = new ApprovalNews({ sessions: env.SESSION, live: this.#live, waiters: this.#waiters });
    this.#upkeep = new JournalUpkeep(ctx, { nextDeadlineMs: () => this.#nextDeadlineMs(), onEmptied: neverEmptied });
    const { journal } = this.#upkeep;
    const { policy, now, uuid } = deployment;
    const parts = {
      approvals: this.#approvals,
      switches: this.#switches,
      ...{ policy, now, uuid },
      commit: <T>(work: () => T) => this.#upkeep.commit(work),
      record: journal.record.bind(journal),
      refuse: journal.refuse.bind(journal),
      admits: () => journal.admit("effect").ok && !journal.isLagging(),
      onChange: (approval: Approval, change: Change) => void this.#untold.push([approval, change]),
    };
    this.#notes = new ConsoleNotes(journal, ctx.storage);
    this.#ledger = new Ledger(parts);
    this.#decisions = new Decisions(parts, this.#ledger);
    this.#redemptions = new Redemptions({ ...parts, today: today(deployment) }, this.#ledger);
    this.#runs = new ApprovedRuns(parts, { workflow: env.RUNBOOKS, runOf: (runId) => env.RUN.getByName(runId) });
    // An alarm that was lost with a crash: what waits for it would wait for ever.
    void ctx.blockConcurrencyWhile(async () => {
      if ((await ctx.storage.getAlarm()) === null) this.#upkeep.watch();
    });
  }

  request(asked: NewApproval): Asked<Approval> {
    return this.#answer(this.#ledger.request(asked));
  }

  get(id: string, principalId: string): Asked<Approval> {
    return Promise.resolve(this.#ledger.own(id, principalId));
  }

  async waitFor(id: string, principalId: string, since: { readonly revision: number; readonly waitMs: number }) {
    const found = this.#ledger.own(id, principalId);
    if (!found.ok || found.value.revision > since.revision || found.value.state === "expired") return found;
    const endsInMs = found.value.endedAtMs === undefined ? found.value.expiresAtMs - deployment.now() : Infinity;
    await this.#waiters.wait(id, Math.min(since.waitMs, endsInMs));
    return this.#ledger.own(id, principalId);
  }

  async redeem(presented: Redemption): Asked<{ readonly runId: string }> {
    const redeemed = await this.#answer(await this.#redemptions.redeem(presented));
    if (redeemed.ok) await this.#runs.start({ id: presented.approvalId, runId: redeemed.value.runId });
    // A run whose end was never told would stand in the way of the next one for ever.
    else if (redeemed.error.kind === "busy") this.ctx.waitUntil(this.#lookAfterRuns(presented.approvalId));
    return redeemed;
  }

  async mismatch(id: string, principal: Principal, what: string): Asked<undefined> {
    return this.#answer(await this.#ledger.mismatch(id, principal, what));
  }

  cancel(id: string, principalId: string): Asked<Approval> {
    return this.#answer(this.#ledger.cancel(id, principalId));
  }

  switches(): Asked<readonly KillSwitch[]> {
    return Promise.resolve(ok(this.#switches.all()));
  }

  async decide(deciding: Deciding): Promise<Result<Approval, NotDecided>> {
    return this.#answer(await this.#decisions.decide(deciding));
  }

  async flip(flipping: Flipping): Promise<Result<readonly KillSwitch[], NotDecided>> {
    const flipped = await this.#answer(await this.#decisions.flip(flipping));
    const { scope, name, by, reason, on } = flipping;
    if (flipped.ok) {
      const killSwitch = { scope, name, by: by.id, reason, atMs: deployment.now() };
      this.ctx.waitUntil(this.#news.tellOfSwitch(killSwitch, on));
    }
    return flipped;
  }

  list({ state, limit }: { readonly state: "open" | "ended"; readonly limit: number }): Promise<readonly Filed[]> {
    this.#ledger.expire();
    const most = Math.max(1, Math.min(limit, MAX_LISTED));
    const found = state === "open" ? this.#approvals.open(most) : this.#approvals.ended(most);
    return this.#told(found.map((approval) => this.#file(approval)));
  }

  find(id: string): Promise<Filed | undefined> {
    const found = this.#approvals.find(id);
    return Promise.resolve(found && this.#file(found));
  }

  /** As they are written down: one whose time has passed is open until the alarm has said so. */
  counts(): ApprovalCounts {
    return this.#approvals.counts();
  }

  /** For the run's own object: what it may do is what was approved. */
  redeemed(id: string) {
    const approval = this.#approvals.find(id);
    const isConsumed = approval?.state === "consumed";
    return Promise.resolve(isConsumed ? { approval, trace: this.#approvals.traceOf(id) } : undefined);
  }

  /** By the run's own object, and as often as it likes. */
  runEnded({ runId, state }: { readonly approvalId: string; readonly runId: string; readonly state: RunState }) {
    this.#ledger.runEnded(runId, state);
    return this.#told(undefined);
  }

  /** By the run's own object: for the pages that are open. */
  runChanged({ runId: id, revision }: { readonly runId: string; readonly revision: number }): void {
    this.#live.tell({ changed: "run", id, revision });
  }

  stopRun(runId: string, visitor: Visitor): Asked<undefined> {
    return this.#runs.stop(this.#approvals.find(runId.replace(/^rb-/, "")), visitor);
  }

  note(...noted: Parameters<ConsoleDesk["note"]>) {
    return this.#notes.write(...noted);
  }

  /** The upgrade of an open page, authenticated by the Worker. */
  override fetch(request: Request): Response {
    const response = this.#live.accept(request);
    this.#upkeep.watch();
    return response;
  }

  override webSocketMessage(socket: WebSocket): void {
    this.#live.heard(socket);
  }

  override webSocketClose(socket: WebSocket, code: number): void {
    socket.close(closeCodeToEcho(code));
  }

  override async alarm(): Promise<void> {
    try {
      this.#ledger.expire();
      this.#live.expire();
      await this.#told(undefined);
      await this.#runs.startDue();
    } catch (cause) {
      // The platform gives up on an alarm that throws too often, and what waits for this one must not wait for ever.
      log("error", "approvals.alarm_crashed", causeOf(cause));
    }
    return this.#upkeep.alarm(() => true);
  }

  async #lookAfterRuns(approvalId: string): Promise<void> {
    const runbookId = this.#approvals.find(approvalId)?.runbook.id ?? "";
    for (const { runId, state } of await this.#runs.ended(this.#approvals.running(runbookId)))
      this.#ledger.runEnded(runId, state);
    await this.#told(undefined);
  }

  /** What was done is durable before anybody hears of it, the caller included. */
  async #answer<T, E>(outcome: Result<T, E>): Promise<Result<T, E | { readonly kind: "audit_backpressure" }>> {
    const news = this.#untold.splice(0);
    try {
      await this.ctx.storage.sync();
    } catch {
      // The commit failed, and with it everything that it held.
      return err({ kind: "audit_backpressure" });
    }
    this.#tell(news);
    return outcome;
  }

  async #told<T>(value: T): Promise<T> {
    const news = this.#untold.splice(0);
    if (news.length > 0) await this.ctx.storage.sync();
    this.#tell(news);
    return value;
  }

  #tell(news: readonly News[]): void {
    this.#upkeep.watch();
    for (const [approval, change] of news) this.ctx.waitUntil(this.#news.tell(approval, change));
  }

  #file(found: Approval): Filed {
    return filed(found, this.#approvals, deployment.now());
  }

  #nextDeadlineMs(): number | undefined {
    const known = [this.#approvals.nextExpiryMs(), this.#approvals.nextStartMs(), this.#live.nextExpiryMs()];
    const coming = known.filter((atMs) => atMs !== undefined);
    return coming.length === 0 ? undefined : Math.min(...coming);
  }
}

/** Approvals are kept for ninety days, and so is the object. */
function neverEmptied(): void {
  throw new Error("the storage of the approvals is not emptied");
}
