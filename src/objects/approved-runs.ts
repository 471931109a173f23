// From a consumed approval to its run: an instance of the workflow under the run's own id, so that however often it is asked
// for there is one.

import { actorOf, approvalEntry, CONSOLE } from "../approvals/records.ts";
import { isSamePerson, namesOf } from "../approvals/same-person.ts";
import { targetOf, whyNotHeld } from "../approvals/separation.ts";
import { withDeadline } from "../deadline.ts";
import { causeOf, log } from "../log.ts";
import { err, ok } from "../result.ts";
import type { LedgerParts } from "../approvals/ledger-parts.ts";
import type { Visitor } from "../ports/approval-console.ts";
import type { Approval, Asked } from "../ports/approvals.ts";
import type { Run, RunState } from "../ports/runs.ts";

const TIMEOUT_MS = 10_000;
/** Whoever waits for a run waits for this. */
const AGAIN_MS = 5_000;

/** The remote methods of a run's object that need no requester. */
export interface ApprovedRun {
  view(runId: string): Promise<Run | undefined>;
  stop(by: string): Promise<unknown>;
}

export interface Places {
  readonly workflow: Env["RUNBOOKS"];
  readonly runOf: (runId: string) => ApprovedRun;
}

export class ApprovedRuns {
  readonly #parts: LedgerParts;
  readonly #places: Places;

  constructor(parts: LedgerParts, places: Places) {
    this.#parts = parts;
    this.#places = places;
  }

  /** Never throws: what is consumed is started sooner or later, by the alarm if not now. */
  async start({ id, runId }: Pick<Approval, "id" | "runId">): Promise<void> {
    if (runId === undefined) return;
    const made = await withDeadline(TIMEOUT_MS, undefined, () => this.#make(runId, id));
    const isThere = made.ok && made.value;
    this.#parts.approvals.started(id, isThere ? undefined : this.#parts.now() + AGAIN_MS);
  }

  async startDue(): Promise<void> {
    for (const approval of this.#parts.approvals.unstarted(this.#parts.now())) await this.start(approval);
  }

  /** Those of the runs that have ended, by their own word. */
  async ended(runIds: readonly string[]): Promise<{ readonly runId: string; readonly state: RunState }[]> {
    const looked = await Promise.all(runIds.map((runId) => this.#stateOf(runId)));
    return looked.flatMap((state, index) => (state === undefined ? [] : [{ runId: runIds[index] ?? "", state }]));
  }

  /** By whoever approved it, or holds `runbooks:kill` where it acts. It stops between two steps. */
  async stop(approval: Approval | undefined, { principal, sourceIp }: Visitor): Asked<undefined> {
    const { policy, commit, record, uuid } = this.#parts;
    if (approval?.runId === undefined) return err({ kind: "not_found", message: "There is no run of this id." });
    const { runId } = approval;
    const needed = { permission: "runbooks:kill", target: targetOf(approval) } as const;
    const whyNot = hasApproved(approval, principal) ? undefined : whyNotHeld(principal, needed, policy);
    if (whyNot !== undefined) return err({ kind: "forbidden", message: whyNot });

    const happened = { callId: uuid(), action: "run.stop_asked", facts: { run_id: runId } } as const;
    const actor = actorOf(principal, { sessionId: CONSOLE, sourceIp, policyVersion: policy.version });
    const written = commit(() => {
      record(approvalEntry(approval, happened), actor);
    });
    if (!written.ok) return written;
    try {
      await this.#places.runOf(runId).stop(principal.id);
      return ok(undefined);
    } catch (cause) {
      log("error", "run.not_stopped", { run_id: runId, ...causeOf(cause) });
      return err({ kind: "upstream_unavailable", upstream: "runs", message: "The run could not be asked: try again." });
    }
  }

  async #stateOf(runId: string): Promise<RunState | undefined> {
    try {
      const run = await this.#places.runOf(runId).view(runId);
      return run?.endedAtMs === undefined ? undefined : run.state;
    } catch {
      // It cannot be asked, so nobody knows: it is still counted as under way.
      return undefined;
    }
  }

  async #make(runId: string, approvalId: string): Promise<boolean> {
    const { workflow } = this.#places;
    try {
      await workflow.create({ id: runId, params: { approvalId } });
      return true;
    } catch (cause) {
      if (await this.#isThere(runId)) return true;
      log("error", "run.not_started", { run_id: runId, ...causeOf(cause) });
      return false;
    }
  }

  /** Why it could not be made the platform says in words alone; whether it is there can be asked. */
  async #isThere(runId: string): Promise<boolean> {
    try {
      await this.#places.workflow.get(runId);
      return true;
    } catch {
      // There is none, or nobody can say: the alarm tries again.
      return false;
    }
  }
}

function hasApproved({ decisions }: Approval, principal: Visitor["principal"]): boolean {
  return decisions.some(({ by, owner }) => isSamePerson(namesOf(principal), namesOf({ id: by, owner })));
}
