// The world of a run, scripted: a proxy that remembers what it did by key, clusters that answer, and a crash at any moment.

import * as z from "zod";
import { err, ok } from "../../src/result.ts";
import { advance } from "../../src/runbooks/run/advance.ts";
import { begin, Progress } from "../../src/runbooks/run/progress.ts";
import { fixedClock, START_MS } from "./clock.ts";
import { order as restart, outcome } from "./run-order.ts";
import type { ActionOutcome } from "k8s-proxy/contract";
import type { KillSwitch } from "../../src/ports/approvals.ts";
import type { Result } from "../../src/result.ts";
import type { Order, RunEvent } from "../../src/runbooks/run/progress.ts";
import type { Next } from "../../src/runbooks/run/advance.ts";
import type { Act, AnswerLost, Known, NotDone, Read, RunWorld, Scope } from "../../src/runbooks/run/world.ts";

export class Crash extends Error {}

export type Acted = Result<ActionOutcome, NotDone | AnswerLost>;

export interface Script {
  readonly order?: Order;
  readonly read?: (asked: Read, times: number) => Result<unknown, NotDone>;
  readonly act?: (asked: Act, times: number) => Acted;
  /** What the proxy says of a key; what it really did, when left out. */
  readonly outcome?: (key: string, times: number) => Known | undefined;
  readonly evaluate?: (expression: string, scope: Scope) => Result<boolean, string>;
}

const Answer = z.record(z.string(), z.unknown());
const READY = { replicas: 2, ready: true };

export function runWorld(script: Script = {}) {
  const clock = fixedClock();
  const order = script.order ?? restart();
  const saves: string[] = [JSON.stringify(begin(order.approval, START_MS))];
  const events: RunEvent[] = [];
  const calls: string[] = [];
  const acts: Act[] = [];
  const reads: Read[] = [];
  const asks: string[] = [];
  const messages: string[] = [];
  const changed: string[] = [];
  const done = new Map<string, ActionOutcome>();
  let off: readonly KillSwitch[] | undefined = [];
  let cancelledBy: string | undefined;
  let crash: { readonly at: number; readonly when: "before" | "after" } | undefined;

  /** Everything that leaves a trace goes through here, so that the run can be cut off on either side of it. */
  const trace = <T>(what: string, work: () => T): T => {
    const isNow = crash?.at === calls.length;
    calls.push(what);
    if (isNow && crash?.when === "before") throw new Crash(what);
    const result = work();
    if (isNow) throw new Crash(what);
    return result;
  };
  // An async function, so that a crash is a rejection as it would be there.
  const traced = async <T>(what: string, work: () => T): Promise<T> => Promise.resolve(trace(what, work));

  const mutate = (asked: Act): Acted => {
    acts.push(asked);
    const answer = (script.act ?? (() => ok(outcome())))(asked, acts.length);
    const isDone = answer.ok || answer.error.kind === "answer_lost";
    const key = String(asked.request.idempotency_key);
    if (isDone) done.set(key, answer.ok ? answer.value : outcome());
    if (isDone) changed.push(key);
    return answer;
  };
  const remembered = (key: string): Known => {
    const known = done.get(key);
    return known ? { state: "done", outcome: { ...known, replayed: true } } : { state: "unknown" };
  };

  const world: RunWorld = {
    now: clock.now,
    save: (progress, told) =>
      trace("save", () => {
        saves.push(JSON.stringify(progress));
        events.push(...told);
      }),
    cancelledBy: () => cancelledBy,
    switches: () => traced("switches", () => off),
    evaluate: (expression, scope) => Promise.resolve((script.evaluate ?? holds)(expression, scope)),
    render: (args) => ok(args),
    renderMessage: (text) => text,
    pick: (_paths, answer) => ok(Answer.parse(answer)),
    pickOutcome: ({ changed, evictions = [] }) => ok({ changed, evictions: evictions.map(({ result }) => result) }),
    read: (asked) =>
      traced(`read ${asked.tool}`, () => {
        reads.push(asked);
        return (script.read ?? (() => ok(READY)))(asked, reads.length);
      }),
    act: (asked) => traced(`act ${asked.action}`, () => mutate(asked)),
    outcome: (key) =>
      traced(`outcome ${key}`, () => {
        asks.push(key);
        return script.outcome ? script.outcome(key, asks.length) : remembered(key);
      }),
    notify: (_channel, message) => traced("notify", () => messages.push(message) > 0),
  };

  const progress = () => Progress().parse(JSON.parse(saves.at(-1) ?? ""));
  const step = (): Promise<Next> => advance({ order, progress: progress() }, world);

  return {
    clock,
    order,
    world,
    calls,
    acts,
    reads,
    asks,
    messages,
    saves,
    /** What the audit log was told. */
    events,
    /** The key of every change that was made, also where its answer was lost. */
    changed: () => changed,
    progress,
    run: () => progress().run,
    states: () => progress().run.steps.map(({ id, state }) => `${id} ${state}`),
    step,
    /** To its end, through every pause; a crash on the way is survived as a Workflow does it. */
    async drive(): Promise<Next[]> {
      const said: Next[] = [];
      for (let turn = 0; turn < 200; turn++) {
        const next = await step().catch((cause: unknown) => {
          if (!(cause instanceof Crash)) throw cause;
          return undefined;
        });
        if (!next) continue;
        said.push(next);
        if (next.kind === "ended") return said;
        if (next.kind === "sleep") clock.advance(next.ms);
      }
      throw new Error("the run does not end");
    },
    cancel: (by: string) => (cancelledBy = by),
    /** undefined: nobody can be asked. */
    switchOff: (...switches: readonly KillSwitch[]) => (off = switches),
    loseSwitches: () => (off = undefined),
    crashAt: (at: number, when: "before" | "after") => (crash = { at, when }),
  };
}

export function killSwitch(scope: KillSwitch["scope"], name = ""): KillSwitch {
  return { scope, name, by: "human:kai", reason: "not today", atMs: START_MS };
}

export function notDone(message: string, retryInMs?: number): Result<never, NotDone> {
  return err({ kind: "not_done", message, retryInMs });
}

function holds(expression: string, { result, steps }: Scope): Result<boolean, string> {
  if (expression === "result.ready") return ok(JSON.stringify(result).includes('"ready":true'));
  if (expression === "steps.before.replicas > 1") return ok(!JSON.stringify(steps.before).includes('"replicas":1'));
  return err(`the test knows no ${expression}`);
}
