// Who is told how a run goes: Postgres, which keeps a copy, and the authority on approvals. Both until they have heard its end.

import { withDeadline } from "../deadline.ts";
import { causeOf, log } from "../log.ts";
import { ok } from "../result.ts";
import { isEnded } from "../runbooks/run/progress.ts";
import { deployment } from "./deployment.ts";
import type { SqliteRun, Told } from "../adapters/sqlite-run.ts";
import type { Run, RunState } from "../ports/runs.ts";
import type { Result } from "../result.ts";

/** The remote methods of the authority on approvals that a run needs. */
export interface RunsDesk {
  runEnded(ended: { readonly approvalId: string; readonly runId: string; readonly state: RunState }): Promise<unknown>;
  runChanged(changed: { readonly runId: string; readonly revision: number }): Promise<unknown>;
}

const TIMEOUT_MS = 20_000;
const RETRY_MS = 30_000;
const LONGEST_RETRY_MS = 15 * 60_000;
/** Changes that come while one is being copied; the alarm takes what is left. */
const MAX_COPIES = 50;

type Stored = Pick<SqliteRun<unknown, { readonly run: Run }>, "progress" | "told" | "tell">;

export class RunNews {
  readonly #stored: Stored;
  readonly #desk: () => RunsDesk;
  #copying: Promise<void> | undefined;
  #reporting: Promise<void> | undefined;
  #triedAtMs: number | undefined;

  constructor(stored: Stored, desk: () => RunsDesk) {
    this.#stored = stored;
    this.#desk = desk;
  }

  get isDone(): boolean {
    const { progress, told } = this.#stored;
    return !progress || (told.copied >= progress.run.revision && (told.isReported || !isEnded(progress.run)));
  }

  /** When it should be tried again, if nothing new comes before. */
  dueAtMs(nowMs: number): number | undefined {
    if (this.isDone) return undefined;
    const backoffMs = Math.min(LONGEST_RETRY_MS, RETRY_MS * 2 ** Math.max(0, this.#stored.told.failures - 1));
    return (this.#triedAtMs ?? nowMs) + backoffMs;
  }

  /** Never throws. An outage of the one keeps the news from nobody else. */
  async tell(): Promise<void> {
    this.#triedAtMs = deployment.now();
    this.#copying ??= this.#copyAll().finally(() => (this.#copying = undefined));
    this.#reporting ??= this.#report().finally(() => (this.#reporting = undefined));
    await Promise.all([this.#copying, this.#reporting]);
  }

  /** For the pages that are open now: who is not told looks again by itself. */
  async mention({ id: runId, revision }: Run): Promise<void> {
    try {
      await this.#desk().runChanged({ runId, revision });
    } catch (cause) {
      log("info", "run.not_mentioned", { run_id: runId, ...causeOf(cause) });
    }
  }

  async #copyAll(): Promise<void> {
    for (let copies = 0; copies < MAX_COPIES; copies++) {
      const run = this.#stored.progress?.run;
      if (!run || this.#stored.told.copied >= run.revision) return;
      const isCopied = await this.#attempt("run.not_copied", run, (signal) => deployment.runStore.put(run, signal));
      this.#keep(isCopied ? { copied: run.revision, failures: 0 } : { failures: this.#stored.told.failures + 1 });
      if (!isCopied) return;
    }
  }

  async #report(): Promise<void> {
    const run = this.#stored.progress?.run;
    if (!run || !isEnded(run) || this.#stored.told.isReported) return;
    const { id: runId, approvalId, state } = run;
    const isReported = await this.#attempt("run.not_reported", run, async () =>
      ok(await this.#desk().runEnded({ approvalId, runId, state })),
    );
    this.#keep(isReported ? { isReported } : { failures: this.#stored.told.failures + 1 });
  }

  async #attempt(
    event: string,
    { id }: Run,
    work: (signal: AbortSignal) => Promise<Result<unknown, { readonly kind: string }>>,
  ): Promise<boolean> {
    try {
      const done = await withDeadline(TIMEOUT_MS, undefined, work);
      const outcome = done.ok ? done.value : done;
      if (!outcome.ok) log("warn", event, { run_id: id, reason: outcome.error.kind });
      return outcome.ok;
    } catch (cause) {
      log("warn", event, { run_id: id, ...causeOf(cause) });
      return false;
    }
  }

  #keep(changes: Partial<Told>): void {
    // Emptied meanwhile: then there is nobody left who would need to know.
    if (this.#stored.progress) this.#stored.tell({ ...this.#stored.told, ...changes });
  }
}
