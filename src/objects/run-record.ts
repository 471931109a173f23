// What is kept of a run, and how it begins: with the approval that it was redeemed from, and the runbook as it was approved.

import * as z from "zod";
import { SqliteRun } from "../adapters/sqlite-run.ts";
import { redactParams } from "../audit/redact.ts";
import { once } from "../once.ts";
import { Approval } from "../ports/approvals.ts";
import { runbooks } from "../runbooks/catalogue.ts";
import { approvalIdOf, begin, isEnded, Progress } from "../runbooks/run/progress.ts";
import { PublishedRunbook, spanMs } from "../runbooks/runbook.ts";
import { deployment } from "./deployment.ts";
import { runActor } from "./run-session.ts";
import { beginRunSpan, endRunSpan, RunTrace } from "./run-trace.ts";
import type { SyncSql } from "../adapters/sqlite-journal.ts";
import type { Entry } from "../audit/record.ts";
import type { Redeemed } from "../ports/approvals.ts";
import type { RunEvent } from "../runbooks/run/progress.ts";
import type { JournalUpkeep } from "./journal-upkeep.ts";

/**
 * Without the runbook, where it is not there any more as it was approved: then there is nothing to do. Without a trace,
 * where its call had none: then each of its steps begins one.
 */
const Kept = once(() =>
  z.object({ approval: Approval(), runbook: PublishedRunbook().optional(), trace: RunTrace().optional() }),
);
export type Kept = z.output<ReturnType<typeof Kept>>;

/** An approval is of the moment: what has not begun by then is not begun any more. It also keeps what was emptied from beginning anew. */
const BEGIN_WITHIN_MS = 15 * 60_000;
/** Beyond twice the time that the runbook gives it, which is what undoing may take. */
const STALLED_AFTER_MS = 15 * 60_000;
/** Whoever has run it may want to look at it; after that it is in Postgres alone. */
const KEEP_ENDED_MS = 24 * 3_600_000;

/** The one remote method of the authority on approvals that is needed to begin. */
export interface RedeemedDesk {
  redeemed(approvalId: string): Promise<Redeemed | undefined>;
}

export class RunRecord {
  readonly stored: SqliteRun<Kept, Progress>;

  constructor(sql: SyncSql) {
    this.stored = new SqliteRun(sql, () => ({ order: Kept(), progress: Progress() }));
  }

  get progress(): Progress | undefined {
    return this.stored.progress;
  }

  get isEnded(): boolean {
    return this.progress !== undefined && isEnded(this.progress.run);
  }

  /** Throws where there is none: nothing is stored without. */
  get kept(): Kept {
    const kept = this.stored.order();
    if (!kept) throw new Error("a run is stored without its approval");
    return kept;
  }

  /** The run of this name; undefined where nothing was approved under it, or it was too long ago. */
  async find(runId: string, desk: () => RedeemedDesk, isDriven: boolean): Promise<Progress | undefined> {
    const approvalId = approvalIdOf(runId);
    if (this.progress || approvalId === undefined) return this.progress;
    const redeemed = await desk().redeemed(approvalId);
    // While it was asked for, another call may have begun the run.
    const begun = this.stored.progress;
    if (begun || !redeemed) return begun;

    const { approval } = redeemed;
    const nowMs = deployment.now();
    const isLate = nowMs > approval.expiresAtMs + BEGIN_WITHIN_MS;
    if (isLate && !isDriven) return undefined;
    const runbook = runbooks.get(approval.runbook.id);
    const isApproved = !isLate && runbook?.digest === approval.runbook.digest;
    const trace = redeemed.trace && beginRunSpan(approval, redeemed.trace, deployment.tracing);
    this.stored.begin(begin(approval, nowMs), { approval, trace, ...(isApproved && { runbook }) });
    return this.progress;
  }

  /** All of it, or a throw: then nothing more is done before it could be kept. */
  save(progress: Progress, events: readonly RunEvent[], upkeep: JournalUpkeep): void {
    const { approval, trace } = this.kept;
    const actor = runActor(approval, deployment.policy.version);
    const hadEnded = this.isEnded;
    const traceId = trace?.call.traceId;
    const written = upkeep.commit(() => {
      this.stored.save(progress);
      for (const event of events) upkeep.journal.record({ ...entryOf(event, approval), traceId }, actor);
    });
    if (!written.ok) {
      this.stored.reload();
      throw new Error("the run could not be kept");
    }
    if (trace && this.isEnded && !hadEnded) endRunSpan(trace, progress.run, deployment.tracing);
  }

  /** When nobody can be driving it any more. */
  stalledAtMs(): number | undefined {
    if (!this.progress || this.isEnded) return undefined;
    const timeout = this.kept.runbook?.limits.timeout ?? "0s";
    return this.progress.run.startedAtMs + 2 * spanMs(timeout) + STALLED_AFTER_MS;
  }

  /** From when on it need not be kept here. */
  keptUntilMs(): number | undefined {
    const endedAtMs = this.progress?.run.endedAtMs;
    return endedAtMs === undefined ? undefined : endedAtMs + KEEP_ENDED_MS;
  }
}

function entryOf({ action, outcome, facts }: RunEvent, { cluster, namespace }: Approval): Entry {
  const target = { cluster, ...(namespace !== undefined && { namespace }) };
  const callId = deployment.uuid();
  return { callId, phase: "event", action, target, decision: "allowed", outcome, ...redactParams(facts) };
}
