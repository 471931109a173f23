// The course of one run: every change of its state there is, each saved as it is made.

import { changedSoFar, changesOf } from "./changes.ts";
import { currentOf, isEnded, isFinished } from "./progress.ts";
import type { Run, RunState, RunStep } from "../../ports/runs.ts";
import type { Again, At, Ending } from "./perform.ts";
import type { Current, Order, Progress, RunEvent } from "./progress.ts";
import type { RunWorld } from "./world.ts";

/** What whoever drives the run has to do: `label` names what comes next, the same each time it is asked. */
export type Next =
  | { readonly kind: "next"; readonly label: string }
  | { readonly kind: "sleep"; readonly ms: number; readonly label: string }
  | { readonly kind: "ended"; readonly state: RunState };

type Final = Exclude<RunState, "pending" | "running">;

/** Half a minute in all, each time twice as long as before. */
const MAX_UNREAD = 5;
const UNREAD_MS = 1_000;

export class Course {
  readonly #order: Order | undefined;
  readonly #world: Pick<RunWorld, "now" | "save">;
  #progress: Progress;

  /** Without an order nothing can be done but to end it. */
  constructor({ order, progress }: Partial<At> & Pick<At, "progress">, world: Pick<RunWorld, "now" | "save">) {
    this.#order = order;
    this.#progress = progress;
    this.#world = world;
  }

  get progress(): Progress {
    return this.#progress;
  }

  /** Undefined at the end. */
  get current(): Current | undefined {
    return this.#order && !isEnded(this.#progress.run) ? currentOf(this.#order, this.#progress) : undefined;
  }

  begin(): void {
    const { run } = this.#progress;
    if (run.state !== "pending") return;
    const { runbook, cluster, params, approvers } = run;
    const facts = { run_id: run.id, runbook: runbook.id, version: runbook.version, digest: runbook.digest };
    const started: RunEvent = { action: "run.started", outcome: "ok", facts: { ...facts, cluster, params, approvers } };
    this.#save({ run: { ...run, state: "running" } }, [started]);
  }

  /** From here on the step may have happened. A wait only asks, so that it need not be saved before each time. */
  /** As it is from now on. */
  enter(current: Current): Current {
    const { step } = current;
    if (step.kind === "wait" && step.state === "waiting") return current;
    const state = step.kind === "wait" ? "waiting" : "running";
    const entered: RunStep = { ...step, state, startedAtMs: step.startedAtMs ?? this.#world.now() };
    const { run, tries, round } = this.#progress;
    this.#save({ run: withStep(run, entered), tries, round });
    return this.current ?? current;
  }

  leave({ step }: Current, ending: Ending): Next {
    const { kind, message } = ending;
    const output = "output" in ending ? ending.output : step.output;
    const tried: RunStep = { ...step, attempts: step.attempts + 1, message, output };
    switch (kind) {
      case "done":
        return this.#done(tried);
      case "failed":
        return this.fail(tried, ending.message);
      case "ambiguous":
        return this.doubt(tried, ending.message);
      case "later":
      case "again":
      case "asking":
        return this.#again(tried, ending);
    }
  }

  #again(step: RunStep, { kind, inMs }: Again): Next {
    const { run, tries, round } = this.#progress;
    const again: RunStep = kind === "asking" ? step : { ...step, state: "waiting" };
    const counted = kind === "again" ? { round: round + 1 } : { tries: tries + 1, round };
    this.#save({ run: withStep(run, again), ...counted });
    return this.#sleep(inMs);
  }

  #done(step: RunStep): Next {
    const { phase, failure } = this.#progress;
    const ended = this.#ended(step, "done");
    if (ended.run.steps.some((each) => each.phase === phase && !isFinished(each))) {
      this.#save({ run: ended.run }, ended.events);
      return this.next();
    }
    if (failure === undefined) return this.#end("succeeded", "All steps were done.", ended);
    return this.#end("failed", `${failure} What on_failure says was done.`, ended);
  }

  /** What was changed before is undone, once, where the runbook says how. */
  fail(step: RunStep, message: string): Next {
    const { phase, failure } = this.#progress;
    const ended = this.#ended({ ...step, message }, "failed");
    const why = `Step ${step.id} failed: ${sentence(message)}`;
    const isChanged = changesOf(ended.run).length > 0;
    if (phase === "on_failure" || !isChanged || !this.#order?.runbook.on_failure)
      return this.#end("failed", failure === undefined ? why : `${failure} In on_failure, too: ${why}`, ended);

    const run = { ...ended.run, steps: skipped(ended.run.steps, "steps") };
    const undoing = { phase: "on_failure", phaseStartedAtMs: this.#world.now(), failure: why } as const;
    this.#save({ run, ...undoing }, ended.events);
    return this.next();
  }

  /** Nobody can say whether it was done: nothing is repeated, and nothing more is done. */
  doubt(step: RunStep, message: string): Next {
    const ended = this.#ended({ ...step, message }, "ambiguous");
    const why = `Nobody can say whether step ${step.id} took effect (${step.does}): look at the object itself.`;
    return this.#end("ambiguous", `${this.#soFar()}${why} ${sentence(message)}`, ended);
  }

  /** Between two steps. */
  halt(state: "cancelled" | "stopped", why: string): Next {
    return this.#end(state, `${this.#soFar()}${sentence(why)}`, { run: this.#progress.run, events: [] });
  }

  /** There is nobody left who would undo anything. */
  abandon(why: string): Next {
    return this.#end("failed", `${this.#soFar()}${sentence(why)}`, { run: this.#progress.run, events: [] });
  }

  /** The kill switches cannot be read. */
  waitForSwitches(): Next {
    const unread = this.#progress.unread + 1;
    if (unread > MAX_UNREAD) return this.halt("stopped", "The kill switches could not be read.");
    this.#save({ tries: this.#progress.tries, round: this.#progress.round, unread });
    return this.#sleep(UNREAD_MS * 2 ** unread);
  }

  next(): Next {
    const { run } = this.#progress;
    return isEnded(run) ? { kind: "ended", state: run.state } : { kind: "next", label: this.#label() };
  }

  #sleep(ms: number): Next {
    return { kind: "sleep", ms: Math.ceil(ms), label: this.#label() };
  }

  #label(): string {
    const { phase, unread } = this.#progress;
    const step = this.current?.step;
    const attempt = (step?.attempts ?? 0) + unread;
    return `${phase === "on_failure" ? "on_failure: " : ""}${step?.id ?? "end"}${attempt > 0 ? ` (${attempt + 1})` : ""}`;
  }

  #soFar(): string {
    const { failure } = this.#progress;
    return failure === undefined ? "" : `${failure} `;
  }

  #ended(step: RunStep, state: "done" | "failed" | "ambiguous"): Ended {
    const ended: RunStep = { ...step, state, endedAtMs: this.#world.now() };
    const { id, kind, phase, does, message } = ended;
    const run = withStep(this.#progress.run, ended);
    const facts = { run_id: run.id, step: id, kind, phase, state, does, message };
    return { run, events: [{ action: "run.step", outcome: STEP_OUTCOMES[state], facts }] };
  }

  #end(state: Final, why: string, { run: before, events }: Ended): Next {
    const steps = skipped(skipped(before.steps, "steps"), "on_failure");
    const message = `${why} ${changedSoFar({ steps })}`;
    const run: Run = { ...before, steps, state, message, endedAtMs: this.#world.now() };
    const facts = { run_id: run.id, state, message };
    this.#save({ run }, [...events, { action: "run.ended", outcome: RUN_OUTCOMES[state], facts }]);
    return this.next();
  }

  /** Written before it is believed: where it cannot be, nothing goes on. */
  #save(changes: Partial<Progress>, events: readonly RunEvent[] = []): void {
    const changed = { ...this.#progress, unread: 0, tries: 0, round: 0, ...changes };
    const run = { ...changed.run, revision: this.#progress.run.revision + 1 };
    const progress = { ...changed, run };
    this.#world.save(progress, events);
    this.#progress = progress;
  }
}

interface Ended {
  readonly run: Run;
  readonly events: readonly RunEvent[];
}

const STEP_OUTCOMES = { done: "ok", failed: "failed", ambiguous: "unknown" } as const;

const RUN_OUTCOMES = {
  succeeded: "ok",
  failed: "failed",
  cancelled: "cancelled",
  stopped: "cancelled",
  ambiguous: "unknown",
} as const;

function withStep(run: Run, step: RunStep): Run {
  const steps = run.steps.map((each) => (each.id === step.id && each.phase === step.phase ? step : each));
  return { ...run, steps };
}

/** What was not done by then is not done any more. */
function skipped(steps: readonly RunStep[], phase: RunStep["phase"]): RunStep[] {
  return steps.map((step) => (step.phase === phase && !isFinished(step) ? { ...step, state: "skipped" } : step));
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
