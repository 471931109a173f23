// The journal's life around the calls, and the object's one alarm: it drains, it signs, it ends what expires, and at last it
// empties.

import { SqliteJournal } from "../adapters/sqlite-journal.ts";
import { drain } from "../audit/drain.ts";
import { Journal } from "../audit/journal.ts";
import { withDeadline } from "../deadline.ts";
import { causeOf, log } from "../log.ts";
import { err, ok } from "../result.ts";
import { Chain } from "./chain.ts";
import { deployment } from "./deployment.ts";
import type { DrainReport } from "../audit/drain.ts";
import type { AuditBackpressure } from "../audit/journal.ts";
import type { Result } from "../result.ts";
import type { TicketMark } from "./ticket-mark.ts";

/** Refusals are counted by the minute; this long after one of them its minute has ended. */
const REFUSALS_DUE_MS = 61_000;
const DRAIN_TIMEOUT_MS = 60_000;

/** What else the alarm has to ring for. */
export interface Deadlines {
  readonly ticketMark?: Pick<TicketMark, "keptUntilMs">;
  /** When something next ends by itself: a credential of an open socket, a session that nobody uses. */
  readonly nextDeadlineMs: () => number | undefined;
  /** Whoever remembers what was stored must forget it. */
  readonly onEmptied: () => void;
}

export class JournalUpkeep {
  readonly journal: Journal;
  /** The effects under way. */
  readonly running = new Set<string>();
  readonly #ctx: DurableObjectState;
  readonly #store: SqliteJournal;
  readonly #chain: Chain;
  readonly #deadlines: Deadlines;
  /** For the journal. Other deadlines are looked up when the alarm is set, whatever for. */
  #isArmed: boolean;

  constructor(ctx: DurableObjectState, deadlines: Deadlines) {
    const { storage } = ctx;
    this.#ctx = ctx;
    this.#deadlines = deadlines;
    this.#store = new SqliteJournal({
      sql: storage.sql,
      transactionSync: (work) => storage.transactionSync(work),
      sync: () => storage.sync(),
    });
    this.#chain = new Chain({ storage, store: this.#store, objectId: ctx.id.toString(), ...deployment });
    this.#isArmed = this.#hasWork();
    this.journal = new Journal({
      store: this.#store,
      chainId: () => this.#chain.id(),
      now: deployment.now,
      uuid: deployment.uuid,
      schedule: (flush) => setTimeout(flush, 0),
      onPending: () => this.#arm(deployment.config.AUDIT_DRAIN_DELAY_MS),
    });
    this.journal.reconcile();
    if (this.#isArmed || this.#chain.isClosing) void ctx.blockConcurrencyWhile(() => this.#rearm());
  }

  /** What `work` changes and its lines in the journal are one transaction: all of it stands, or nothing does. */
  commit<T>(work: () => T): Result<T, AuditBackpressure> {
    try {
      return ok(this.#ctx.storage.transactionSync(work));
    } catch (cause) {
      // The lines are gone with the rest, and so is the alarm that they asked for: neither may be believed in.
      this.#store.reload();
      this.#chain.reload();
      this.#isArmed = false;
      if (this.#hasWork()) this.#arm(deployment.config.AUDIT_DRAIN_DELAY_MS);
      log("error", "audit.not_written", causeOf(cause));
      return err({ kind: "audit_backpressure" });
    }
  }

  /** Never throws: the platform gives up on an alarm that has failed six times, and this one may not. */
  async alarm(isInUse: () => boolean): Promise<void> {
    try {
      this.journal.closeRefusals("ended");
      const report = await this.#drain();
      if (report.failure) log("warn", "audit.postponed", { object: this.#ctx.id.toString(), ...report.failure });
      if (report.quarantined > 0) log("error", "audit.quarantined", { rows: report.quarantined });
      // From here on a row that is written sets the alarm that it needs, also while a checkpoint is on its way.
      this.#isArmed = false;
      await this.#chain.keep();
      const dueInMs = report.retryInMs ?? (this.#hasWork() ? REFUSALS_DUE_MS : undefined);
      if (dueInMs !== undefined) this.#arm(dueInMs);
      else await this.#rest(isInUse);
    } catch (cause) {
      log("error", "audit.drain_crashed", causeOf(cause));
      this.#isArmed = false;
      this.#arm(DRAIN_TIMEOUT_MS);
    }
  }

  /** The session has ended. What is left to write is written; the alarm sends it off and then empties the storage. */
  close(): void {
    try {
      this.journal.closeRefusals("all");
    } catch (cause) {
      // The counts are still there: the alarm tries again when their minute has ended.
      log("error", "audit.refusals_not_written", causeOf(cause));
    }
    if (this.#store.head()) this.#arm(deployment.config.AUDIT_DRAIN_DELAY_MS);
    else this.watch();
  }

  /** There may be a new deadline. The journal's own comes within seconds: then all are looked at anyway. */
  watch(): void {
    const nextMs = this.#nextDeadlineMs();
    if (nextMs !== undefined && !this.#isArmed) this.#set(nextMs);
  }

  /**
   * Nothing is left to do now. After the session's end nothing of it needs to stay here: all it did is in Postgres, and
   * signed to its last row.
   */
  async #rest(isInUse: () => boolean): Promise<void> {
    if (this.#isOver(isInUse) && !this.#chain.isClosing) {
      this.#chain.close();
      await this.#chain.keep();
    }
    // A row that came while the last word was on its way has set the alarm already.
    if (this.#isArmed) return;
    const nextMs = this.#nextDeadlineMs();
    if (nextMs === undefined) await this.#ctx.storage.deleteAlarm();
    else await this.#ctx.storage.setAlarm(nextMs);
    if (!this.#isOver(isInUse) || this.#chain.isClosing) return;
    await this.#ctx.storage.deleteAll();
    this.#store.reload();
    this.#chain.reload();
    this.#deadlines.onEmptied();
  }

  /** A ticket that is still good must stay known as used, also where its session has ended. */
  #isOver(isInUse: () => boolean): boolean {
    return !isInUse() && this.running.size === 0 && !this.#isTicketKept() && !this.#hasWork();
  }

  /** Rows are waiting, so an alarm should be set. If it is not, nobody else would ever set it. */
  async #rearm(): Promise<void> {
    if ((await this.#ctx.storage.getAlarm()) !== null) return;
    this.#isArmed = false;
    this.#arm(deployment.config.AUDIT_DRAIN_DELAY_MS);
  }

  async #drain(): Promise<DrainReport> {
    const done = await withDeadline(DRAIN_TIMEOUT_MS, undefined, (signal) =>
      drain({ store: this.#store, audit: deployment.audit, running: this.running, signal }),
    );
    return done.ok ? done.value : TOO_SLOW;
  }

  #arm(delayMs: number): void {
    if (this.#isArmed) return;
    this.#isArmed = true;
    this.#set(Math.min(deployment.now() + delayMs, this.#nextDeadlineMs() ?? Infinity));
  }

  #set(atMs: number): void {
    this.#ctx.storage.setAlarm(atMs).catch((cause: unknown) => {
      this.#isArmed = false;
      log("error", "audit.alarm_not_set", causeOf(cause));
    });
  }

  #isTicketKept(): boolean {
    return (this.#deadlines.ticketMark?.keptUntilMs() ?? 0) > deployment.now();
  }

  #nextDeadlineMs(): number | undefined {
    const marks = this.#isTicketKept() ? [this.#deadlines.ticketMark?.keptUntilMs()] : [];
    const due = [...marks, this.#deadlines.nextDeadlineMs(), this.#chain.dueAtMs()];
    const known = due.filter((atMs) => atMs !== undefined);
    return known.length === 0 ? undefined : Math.min(...known);
  }

  #hasWork(): boolean {
    return this.#store.backlog().rows > 0 || this.#store.refusals(Number.MAX_SAFE_INTEGER).length > 0;
  }
}

const TOO_SLOW: DrainReport = {
  sent: 0,
  quarantined: 0,
  failure: { kind: "upstream_timeout", upstream: "postgres", message: "The journal could not be drained in time." },
  retryInMs: DRAIN_TIMEOUT_MS,
};
