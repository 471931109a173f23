// The Durable Object of one run: the authority on how far it has come. It executes; what drives it only asks for the next step.

import { DurableObject } from "cloudflare:workers";
import { causeOf, log } from "../log.ts";
import { Limiter } from "../limits/limiter.ts";
import { savedOfOutcome } from "../runbooks/outcome.ts";
import { savedOf } from "../runbooks/path.ts";
import { evaluate } from "../runbooks/expression.ts";
import { renderMessage, substitute } from "../runbooks/substitute.ts";
import { advance, giveUp, refuse } from "../runbooks/run/advance.ts";
import { isEnded } from "../runbooks/run/progress.ts";
import { deployment } from "./deployment.ts";
import { JournalUpkeep } from "./journal-upkeep.ts";
import { RunCalls } from "./run-calls.ts";
import { RunNews } from "./run-news.ts";
import { runNotice } from "./run-notice.ts";
import { RunRecord } from "./run-record.ts";
import { runSession } from "./run-session.ts";
import { Waiters } from "./waiters.ts";
import type { Run } from "../ports/runs.ts";
import type { Next } from "../runbooks/run/advance.ts";
import type { Progress, RunEvent } from "../runbooks/run/progress.ts";
import type { RunWorld } from "../runbooks/run/world.ts";
import type { Kept } from "./run-record.ts";

/** Of deadlines that have passed and could not be acted on: soon, and not at once for ever. */
const AGAIN_MS = 60_000;
const NOT_AS_APPROVED =
  "It could not begin as it was approved: the runbook was published anew meanwhile, or too much time had passed. Ask for a new approval.";
const CONSOLE_URL = deployment.config.CONSOLE_URL ?? deployment.config.PUBLIC_URL;
const STALLED = "Whatever drives it has fallen silent.";

export class RunObject extends DurableObject<Env> {
  readonly #record: RunRecord;
  readonly #news: RunNews;
  readonly #upkeep: JournalUpkeep;
  readonly #waiters = new Waiters();
  readonly #limiter = new Limiter();
  #advancing: Promise<Next> | undefined;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#record = new RunRecord(ctx.storage.sql);
    this.#news = new RunNews(this.#record.stored, () => this.#desk());
    this.#upkeep = new JournalUpkeep(ctx, {
      nextDeadlineMs: () => this.#nextDeadlineMs(),
      onEmptied: () => this.#record.stored.reload(),
    });
  }

  /** For the workflow. Two at once are one: a step that is asked for again while it is done is not done twice. */
  advance(): Promise<Next> {
    this.#advancing ??= this.#advance().finally(() => (this.#advancing = undefined));
    return this.#advancing;
  }

  /** By the workflow, when it has been refused too often. */
  async fail(why: string): Promise<Next> {
    await this.#advancing?.catch(() => undefined);
    const progress = await this.#find(true);
    if (!progress) return NOTHING;
    this.#end(progress, why);
    return ended(this.#record.progress ?? progress);
  }

  async get(principalId: string): Promise<Run | undefined> {
    const progress = await this.#find(false);
    return progress?.run.requester === principalId ? this.#shown(progress) : undefined;
  }

  async waitFor(principalId: string, since: { readonly revision: number; readonly waitMs: number }) {
    const run = await this.get(principalId);
    if (!run || run.revision > since.revision || isEnded(run)) return run;
    await this.#waiters.wait(run.id, since.waitMs);
    return this.get(principalId);
  }

  async cancel(principalId: string): Promise<Run | undefined> {
    const run = await this.get(principalId);
    return run && this.#cancel(principalId);
  }

  /** For the console, which has asked itself whether the one who looks may. */
  async view(_runId: string): Promise<Run | undefined> {
    const progress = await this.#find(false);
    return progress && this.#shown(progress);
  }

  /** By the console, and as with `view`. */
  async stop(by = "Somebody at the console"): Promise<Run | undefined> {
    return (await this.#find(false)) && this.#cancel(by);
  }

  override async alarm(): Promise<void> {
    try {
      const { progress } = this.#record;
      if (progress && (this.#record.stalledAtMs() ?? Infinity) <= deployment.now()) this.#end(progress, STALLED);
      if ((this.#news.dueAtMs(deployment.now()) ?? Infinity) <= deployment.now()) await this.#news.tell();
    } catch (cause) {
      // The platform gives up on an alarm that throws too often, and this one must ring again.
      log("error", "run.alarm_crashed", causeOf(cause));
    }
    return this.#upkeep.alarm(() => this.#isInUse());
  }

  async #advance(): Promise<Next> {
    const progress = await this.#find(true);
    if (!progress) return NOTHING;
    if (isEnded(progress.run)) return ended(progress);
    const kept = this.#record.kept;
    const world = await this.#world(kept);
    return kept.runbook
      ? advance({ order: { approval: kept.approval, runbook: kept.runbook }, progress }, world)
      : refuse(progress, world, NOT_AS_APPROVED);
  }

  #end(progress: Progress, why: string): void {
    if (this.#advancing) return;
    const { approval, runbook } = this.#record.kept;
    const world = { now: deployment.now, save: this.#save.bind(this) };
    if (runbook) giveUp({ order: { approval, runbook }, progress }, world, why);
    else refuse(progress, world, why);
  }

  /** Made for every step: roles, keys and the setting of tools are those of now. */
  async #world({ approval, runbook, trace }: Kept): Promise<RunWorld> {
    const catalogue = () => this.env.CATALOGUE.getByName("deployment");
    const session = runSession({
      services: deployment,
      approval,
      settings: await catalogue().settingsNow(),
      catalogue,
      journal: this.#upkeep.journal,
      running: this.#upkeep.running,
      limiter: this.#limiter,
    });
    const calls = new RunCalls(session, approval, trace?.own);
    const title = runbook?.title ?? approval.runbook.title;
    return {
      now: deployment.now,
      save: this.#save.bind(this),
      cancelledBy: () => this.#record.stored.cancelledBy,
      switches: async () => {
        const off = await session.capabilities.approvals.switches();
        return off.ok ? off.value : undefined;
      },
      evaluate,
      render: substitute,
      renderMessage,
      pick: savedOf,
      pickOutcome: savedOfOutcome,
      read: (asked) => calls.read(asked),
      act: (asked) => calls.act(asked),
      outcome: (key) => calls.outcome(key),
      notify: async (channel, text) => {
        await deployment.notices.send({ channel, kind: "notify", title, lines: [text] });
        return deployment.notices.channels.includes(channel);
      },
    };
  }

  #save(progress: Progress, events: readonly RunEvent[]): void {
    this.#record.save(progress, events, this.#upkeep);
    this.#waiters.wake(progress.run.id);
    this.ctx.waitUntil(this.#tell(progress.run));
  }

  async #tell(run: Run): Promise<void> {
    const notice = runNotice(run, CONSOLE_URL);
    await Promise.all([this.#news.mention(run), this.#news.tell(), notice && deployment.notices.send(notice)]);
    this.#upkeep.watch();
  }

  async #find(isDriven: boolean): Promise<Progress | undefined> {
    const progress = await this.#record.find(this.ctx.id.name ?? "", () => this.#desk(), isDriven);
    this.#upkeep.watch();
    return progress;
  }

  #cancel(by: string): Run | undefined {
    const { progress, stored } = this.#record;
    if (progress && !isEnded(progress.run)) stored.cancel(by);
    return progress && this.#shown(progress);
  }

  #shown({ run }: Progress): Run {
    const by = this.#record.stored.cancelledBy;
    if (by === undefined || isEnded(run)) return run;
    return { ...run, message: `${by} has asked it to stop: it does so before its next step.` };
  }

  #desk() {
    return this.env.APPROVAL.getByName("deployment");
  }

  #isInUse(): boolean {
    if (this.#advancing || !this.#news.isDone) return true;
    return this.#record.progress !== undefined && (this.#record.keptUntilMs() ?? Infinity) > deployment.now();
  }

  #nextDeadlineMs(): number | undefined {
    const nowMs = deployment.now();
    const emptyAtMs = this.#news.isDone ? this.#record.keptUntilMs() : undefined;
    const known = [this.#news.dueAtMs(nowMs), this.#record.stalledAtMs(), emptyAtMs].filter((at) => at !== undefined);
    if (known.length === 0) return undefined;
    const nextMs = Math.min(...known);
    return nextMs > nowMs ? nextMs : nowMs + AGAIN_MS;
  }
}

/** Nothing was approved under this name. */
const NOTHING: Next = { kind: "ended", state: "failed" };

function ended({ run: { state } }: Progress): Next {
  return { kind: "ended", state };
}
