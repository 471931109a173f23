// One step, done once: what its kind asks of the world, and how it ended.

import { ACTION_ROUTES } from "k8s-proxy/contract";
import * as z from "zod";
import { once } from "../../once.ts";
import { err, ok } from "../../result.ts";
import { spanMs } from "../runbook.ts";
import { expectedOf, keptOutcome, outcomeOf, withRound } from "./changes.ts";
import { keyOf } from "./progress.ts";
import type { ActionName, ActionOutcome } from "k8s-proxy/contract";
import type { RunStep } from "../../ports/runs.ts";
import type { Result } from "../../result.ts";
import type { Step } from "../runbook.ts";
import type { Current, Order, Progress } from "./progress.ts";
import type { Act, NotDone, RunWorld, Saved, Scope } from "./world.ts";

export type Ending =
  | { readonly kind: "done"; readonly output?: unknown; readonly message?: string | undefined }
  | { readonly kind: "failed" | "ambiguous"; readonly message: string; readonly output?: unknown }
  | Again;

export interface Again {
  /**
   * `later`: not done yet, and nothing of it is under way. `again`: done as often as now, and not enough. `asking`: under
   * way, and what became of it is not known yet: only that is asked again.
   */
  readonly kind: "later" | "again" | "asking";
  readonly inMs: number;
  readonly message: string;
  readonly output?: unknown;
}

export interface At {
  readonly order: Order;
  readonly progress: Progress;
}

/** Of what was not done, a read or a change that never began: each time twice as long after the last. */
const MAX_TRIES = 5;
/** For an answer that was lost. The proxy answers within seconds, or was restarted and will never know. */
const MAX_ASKS = 6;
const ASK_AGAIN_MS = 5_000;
/** A Workflow has some thousand steps, and each question is one. */
const MAX_POLLS = 400;

type Of<K extends string> = Extract<Step, Readonly<Record<K, unknown>>>;

export async function perform({ spec, step }: Current, at: At, world: RunWorld): Promise<Ending> {
  const around = { at, world };
  if ("tool" in spec) return read(spec, around);
  if ("check" in spec) return check(spec, around);
  if ("k8s" in spec) return act(spec, step, around);
  if ("wait" in spec) return poll(spec, step, around);
  return notify(spec, around);
}

interface Around {
  readonly at: At;
  readonly world: RunWorld;
}

function scopeOf({ progress: { run } }: At, world: RunWorld): Scope {
  const done = run.steps.filter(({ state }) => state === "done");
  const seen = (step: RunStep): Saved => {
    const outcome = outcomeOf(step);
    const picked = outcome ? world.pickOutcome(outcome) : ok(step.output);
    const saved = Output().safeParse(picked.ok ? picked.value : undefined);
    return saved.data ?? {};
  };
  return { params: run.params, steps: Object.fromEntries(done.map((step) => [step.id, seen(step)])) };
}

const Output = once(() => z.record(z.string(), z.unknown()));

async function read({ tool, args, save }: Of<"tool">, { at, world }: Around): Promise<Ending> {
  const rendered = world.render(args, scopeOf(at, world));
  if (!rendered.ok) return failed(rendered.error);
  const answer = await world.read({ tool, args: rendered.value });
  if (!answer.ok) return later(answer.error, at);
  const saved = world.pick(save, answer.value);
  return saved.ok ? { kind: "done", output: saved.value } : failed(saved.error);
}

async function check({ check: { expr, message } }: Of<"check">, { at, world }: Around): Promise<Ending> {
  const held = await world.evaluate(expr, scopeOf(at, world));
  if (!held.ok) return failed(held.error);
  return held.value ? { kind: "done" } : failed(message);
}

async function poll({ wait }: Of<"wait">, step: RunStep, { at, world }: Around): Promise<Ending> {
  const scope = scopeOf(at, world);
  const rendered = world.render(wait.args, scope);
  if (!rendered.ok) return failed(rendered.error);
  const answer = await world.read({ tool: wait.tool, args: rendered.value });
  if (!answer.ok && answer.error.retryInMs === undefined) return failed(answer.error.message);
  const held = answer.ok
    ? await world.evaluate(wait.until, { ...scope, result: answer.value })
    : err(answer.error.message);
  return until(held, { ...wait, step }, { at, world });
}

async function notify({ notify: { channel, message } }: Of<"notify">, { at, world }: Around): Promise<Ending> {
  const isKnown = await world.notify(channel, world.renderMessage(message, scopeOf(at, world)));
  return isKnown ? { kind: "done" } : { kind: "done", message: `Nobody was told: there is no webhook ${channel}.` };
}

async function act(spec: Of<"k8s">, step: RunStep, around: Around): Promise<Ending> {
  const asked = requestOf(spec, step, around);
  if (!asked.ok) return failed(asked.error);
  const acted = await around.world.act(asked.value);
  if (acted.ok) return made(acted.value, { spec, step }, around);
  return acted.error.kind === "not_done"
    ? later(acted.error, around.at)
    : resolve({ spec, step }, around.at, around.world);
}

/** A change was begun and its answer is lost, with whoever waited for it or before it came: what became of it? */
export async function resolve({ spec, step }: Current, at: At, world: RunWorld): Promise<Ending> {
  const known = await world.outcome(keyOf(at.progress, step));
  if (known?.outcome && known.state === "done") return made(known.outcome, { spec, step }, { at, world });
  const message = known
    ? `The actions proxy says of it: ${known.state.replace("_", " ")}.`
    : "The actions proxy cannot be asked at the moment.";
  if (known?.state === "unknown" || at.progress.tries + 1 >= MAX_ASKS) return { kind: "ambiguous", message };
  return { kind: "asking", inMs: ASK_AGAIN_MS, message };
}

/** It is done, once or as often as it takes. */
async function made(outcome: ActionOutcome, { spec, step }: Current, around: Around): Promise<Ending> {
  const output = keptOutcome(withRound(outcomeOf(step), outcome));
  const repeat = "k8s" in spec ? spec.repeat : undefined;
  if (!repeat) return { kind: "done", output, message: outcome.summary };

  const result = around.world.pickOutcome(outcome);
  const held = result.ok
    ? await around.world.evaluate(repeat.until, { ...scopeOf(around.at, around.world), result: result.value })
    : result;
  const ending = until(held, { ...repeat, step }, around);
  return ending.kind === "done" ? { kind: "done", output, message: outcome.summary } : { ...ending, output };
}

interface Until extends Pick<Of<"wait">["wait"], "until" | "timeout" | "interval"> {
  readonly step: RunStep;
}

/** What is not there yet cannot be compared: that, too, is only not yet. */
function until(held: Result<boolean, string>, asked: Until, { at, world }: Around): Ending {
  if (held.ok && held.value) return { kind: "done" };
  const message = `Not yet: ${held.ok ? asked.until : held.error}`;
  const leftMs = (asked.step.startedAtMs ?? world.now()) + spanMs(asked.timeout) - world.now();
  if (leftMs <= 0) return failed(`it did not come to be within ${asked.timeout}. ${message}`);
  const leastMs = spanMs(at.order.runbook.limits.timeout) / MAX_POLLS;
  return { kind: "again", inMs: Math.min(leftMs, Math.max(leastMs, spanMs(asked.interval))), message };
}

function requestOf({ k8s }: Of<"k8s">, step: RunStep, { at, world }: Around): Result<Act, string> {
  const { action, ...args } = k8s;
  const rendered = world.render(args, scopeOf(at, world));
  if (!rendered.ok) return rendered;
  if (!isAction(action)) return err(`there is no action ${action}`);
  const expect = expectedOf(at.order, at.progress.run, step);
  const fixed = { dry_run: false, idempotency_key: keyOf(at.progress, step), ...(expect && { expect }) };
  return ok({ action, request: { ...rendered.value, ...fixed } });
}

function isAction(name: string): name is ActionName {
  return Object.hasOwn(ACTION_ROUTES, name);
}

function later({ message, retryInMs }: NotDone, { progress }: At): Ending {
  if (retryInMs === undefined || progress.tries + 1 >= MAX_TRIES) return failed(message);
  return { kind: "later", inMs: retryInMs * 2 ** progress.tries, message };
}

function failed(message: string): Ending {
  return { kind: "failed", message };
}
