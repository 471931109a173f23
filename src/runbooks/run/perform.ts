// One step, done once: what its kind asks of the world, and how it ended.

import { ACTION_ROUTES } from "k8s-proxy/contract";
import { isLongerThan } from "../../bytes.ts";
import { err, ok } from "../../result.ts";
import { spanMs } from "../runbook.ts";
import { expectedOf, keptOutcome, MAX_OUTPUT_BYTES } from "./changes.ts";
import { keyOf } from "./progress.ts";
import type { ActionName } from "k8s-proxy/contract";
import type { RunStep } from "../../ports/runs.ts";
import type { Result } from "../../result.ts";
import type { Step } from "../runbook.ts";
import type { Current, Order, Progress } from "./progress.ts";
import type { Act, NotDone, RunWorld, Scope } from "./world.ts";

export type Ending =
  | { readonly kind: "done"; readonly output?: unknown; readonly message?: string | undefined }
  | { readonly kind: "failed" | "ambiguous"; readonly message: string }
  /** Not done yet, and nothing of it is under way: tried again after so long. */
  | { readonly kind: "waiting"; readonly inMs: number; readonly message: string }
  /** A change is under way, and what became of it is not known yet: only that is asked again. */
  | { readonly kind: "asking"; readonly inMs: number; readonly message: string };

export interface At {
  readonly order: Order;
  readonly progress: Progress;
}

/** Of what was not done: a read, or a change that never began. */
const MAX_TRIES = 3;
/** For an answer that was lost. The proxy answers within seconds, or was restarted and will never know. */
const MAX_ASKS = 6;
const ASK_AGAIN_MS = 5_000;
/** A Workflow has some thousand steps, and each question is one. */
const MAX_POLLS = 400;

type Of<K extends string> = Extract<Step, Readonly<Record<K, unknown>>>;

export async function perform({ spec, step }: Current, at: At, world: RunWorld): Promise<Ending> {
  if ("tool" in spec) return read(spec, step, { at, world });
  if ("check" in spec) return check(spec, at, world);
  if ("k8s" in spec) return act(spec, step, { at, world });
  if ("wait" in spec) return poll(spec, step, { at, world });
  return notify(spec, at, world);
}

interface Around {
  readonly at: At;
  readonly world: RunWorld;
}

export function scopeOf({ run }: Progress): Scope {
  const kept = run.steps.filter(({ state, output }) => state === "done" && output !== undefined);
  return { params: run.params, steps: Object.fromEntries(kept.map(({ id, output }) => [id, output])) };
}

async function read({ tool, args, save }: Of<"tool">, step: RunStep, { at, world }: Around): Promise<Ending> {
  const rendered = world.render(args, scopeOf(at.progress));
  if (!rendered.ok) return failed(rendered.error);
  const answer = await world.read({ tool, args: rendered.value });
  if (!answer.ok) return later(answer.error, step);
  if (save.length === 0) return { kind: "done" };

  const saved = world.pick(answer.value, save);
  if (!saved.ok) return failed(saved.error);
  return isLongerThan(JSON.stringify(saved.value), MAX_OUTPUT_BYTES)
    ? failed(`what it saves is longer than ${MAX_OUTPUT_BYTES} bytes: the runbook must save less of it`)
    : { kind: "done", output: saved.value };
}

async function check({ check: { expr, message } }: Of<"check">, { progress }: At, world: RunWorld): Promise<Ending> {
  const held = await world.evaluate(expr, scopeOf(progress));
  if (!held.ok) return failed(held.error);
  return held.value ? { kind: "done" } : failed(message);
}

async function poll({ wait }: Of<"wait">, step: RunStep, { at, world }: Around): Promise<Ending> {
  const scope = scopeOf(at.progress);
  const rendered = world.render(wait.args, scope);
  if (!rendered.ok) return failed(rendered.error);
  const answer = await world.read({ tool: wait.tool, args: rendered.value });
  if (!answer.ok && answer.error.retryInMs === undefined) return failed(answer.error.message);

  // What is not there yet cannot be compared: that, too, is only not yet.
  const held = answer.ok
    ? await world.evaluate(wait.until, { ...scope, result: answer.value })
    : err(answer.error.message);
  if (held.ok && held.value) return { kind: "done" };

  const message = held.ok ? `Not yet: ${wait.until}` : `Not yet: ${held.error}`;
  const leftMs = (step.startedAtMs ?? world.now()) + spanMs(wait.timeout) - world.now();
  if (leftMs <= 0) return failed(`it did not come to be within ${wait.timeout}. ${message}`);
  const leastMs = spanMs(at.order.runbook.limits.timeout) / MAX_POLLS;
  return { kind: "waiting", inMs: Math.min(leftMs, Math.max(leastMs, spanMs(wait.interval))), message };
}

async function notify(
  { notify: { channel, message } }: Of<"notify">,
  { progress }: At,
  world: RunWorld,
): Promise<Ending> {
  const text = world.renderText(message, scopeOf(progress));
  if (!text.ok) return failed(text.error);
  await world.notify(channel, text.value);
  return { kind: "done" };
}

async function act({ k8s }: Of<"k8s">, step: RunStep, { at, world }: Around): Promise<Ending> {
  const asked = requestOf(k8s, step, { at, world });
  if (!asked.ok) return failed(asked.error);
  const acted = await world.act(asked.value);
  if (acted.ok) return doneWith(acted.value);
  return acted.error.kind === "not_done" ? later(acted.error, step) : resolve(step, at, world);
}

/** A change was begun and its answer is lost, with whoever waited for it or before it came: what became of it? */
export async function resolve(step: RunStep, { progress }: At, world: RunWorld): Promise<Ending> {
  const known = await world.outcome(keyOf(progress.run, step));
  if (known?.outcome && known.state === "done") return doneWith(known.outcome);
  const message = known
    ? `The actions proxy says of it: ${known.state.replace("_", " ")}.`
    : "The actions proxy cannot be asked at the moment.";
  if (known?.state === "unknown" || step.attempts + 1 >= MAX_ASKS) return { kind: "ambiguous", message };
  return { kind: "asking", inMs: ASK_AGAIN_MS, message };
}

function requestOf({ action, ...args }: Of<"k8s">["k8s"], step: RunStep, { at, world }: Around): Result<Act, string> {
  const rendered = world.render(args, scopeOf(at.progress));
  if (!rendered.ok) return rendered;
  if (!isAction(action)) return err(`there is no action ${action}`);
  const { run } = at.progress;
  const expect = expectedOf(at.order, run, step);
  const fixed = { dry_run: false, idempotency_key: keyOf(run, step), ...(expect && { expect }) };
  return ok({ action, request: { ...rendered.value, ...fixed } });
}

function isAction(name: string): name is ActionName {
  return Object.hasOwn(ACTION_ROUTES, name);
}

function doneWith(outcome: Parameters<typeof keptOutcome>[0]): Ending {
  return { kind: "done", output: keptOutcome(outcome), message: outcome.summary };
}

function later({ message, retryInMs }: NotDone, { attempts }: RunStep): Ending {
  if (retryInMs === undefined || attempts + 1 >= MAX_TRIES) return failed(message);
  return { kind: "waiting", inMs: retryInMs, message };
}

function failed(message: string): Ending {
  return { kind: "failed", message };
}
