// One step of a plan: what it would do, as far as that can be told before anything is done.

import { ACTION_ROUTES } from "k8s-proxy/contract";
import { err, ok } from "../result.ts";
import { argumentsOf, describeStep, usedBy } from "./describe.ts";
import { checkExpression, evaluate } from "./expression.ts";
import { savedOf } from "./path.ts";
import { refusedReading } from "./refused-reading.ts";
import { kindOf } from "./runbook.ts";
import { render, renderMessage } from "./substitute.ts";
import type { ActionName } from "k8s-proxy/contract";
import type { PlannedStep } from "../ports/plan.ts";
import type { Result } from "../result.ts";
import type { ToolFailure } from "../tool/failure.ts";
import type { Call } from "../tool/tool.ts";
import type { DryRun } from "./dry-run.ts";
import type { Saved } from "./path.ts";
import type { Scope } from "./reference.ts";
import type { Step } from "./runbook.ts";
import type { Arguments } from "./substitute.ts";

/** What a plan is made in. */
export interface World {
  readonly cluster: string;
  readonly ask: Call["ask"];
  readonly dryRun: DryRun;
  readonly now: () => number;
}

export interface Planning {
  readonly world: World;
  readonly scope: Scope;
  /** An action stands before this step: what is read now says nothing about how it will be then. */
  readonly isAfterChange: boolean;
}

export interface Planned {
  readonly step: PlannedStep;
  /** What later steps may use. Left out where it cannot be known yet. */
  readonly saved?: Saved;
}

type Of<K extends string> = Extract<Step, Readonly<Record<K, unknown>>>;

/** Changes nothing: readings are made, actions are tried in a dry run, all else is only described. */
export async function planStep(step: Step, planning: Planning): Promise<Result<Planned, ToolFailure>> {
  const { planned, args } = sketch(step, planning.scope);
  if (planned.blocker !== undefined) return ok({ step: planned });
  if ("check" in step) return ok({ step: { ...planned, ...(await judged(step, planning.scope)) } });
  if (args === undefined) return ok({ step: planned });
  if ("tool" in step) return planning.isAfterChange ? ok({ step: planned }) : read(step, planned, planning.world);
  if ("k8s" in step) return tried(step, planned, planning.world);
  return ok({ step: planned });
}

/** Described, and no more: for what is done only should the run fail. */
export function sketched(step: Step, scope: Scope): PlannedStep {
  return sketch(step, scope).planned;
}

interface Sketch {
  readonly planned: PlannedStep;
  /** Undefined where some of them only a later step can tell. */
  readonly args?: Arguments;
}

function sketch(step: Step, scope: Scope): Sketch {
  const rendered = render(argumentsOf(step), scope);
  const args = rendered.ok ? rendered.value.args : argumentsOf(step);
  const message = "notify" in step ? { message: renderMessage(step.notify.message, scope) } : {};
  const uses = usedBy(step);
  const planned: PlannedStep = {
    id: step.id,
    kind: kindOf(step),
    does: describeStep(step, { args, ...message }),
    ...(uses === undefined ? {} : { uses }),
    args,
  };
  if (!rendered.ok) return { planned: { ...planned, blocker: rendered.error } };
  return rendered.value.later.length === 0 ? { planned, args } : { planned };
}

async function judged({ check }: Of<"check">, scope: Scope): Promise<Pick<PlannedStep, "holds" | "blocker">> {
  const names = await checkExpression(check.expr, () => undefined);
  if (!names.ok) return { blocker: `The expression ${names.error}.` };
  const isKnown = names.value.every(({ root, path }) => root !== "steps" || Object.hasOwn(scope.steps, path[0] ?? ""));
  if (!isKnown) return {};
  const holds = await evaluate(check.expr, scope);
  if (!holds.ok) return { blocker: holds.error };
  return holds.value ? { holds: true } : { holds: false, blocker: check.message };
}

async function read(step: Of<"tool">, planned: PlannedStep, world: World): Promise<Result<Planned, ToolFailure>> {
  const answer = await world.ask(step.tool, { ...planned.args, cluster: world.cluster });
  if (!answer.ok) {
    const blocker = refusedReading(answer.error, step.tool);
    return blocker.ok ? ok({ step: { ...planned, blocker: blocker.value } }) : blocker;
  }
  const whole: unknown = JSON.parse(answer.value);
  const saved = savedOf(step.save, whole);
  return ok(saved.ok ? { step: planned, saved: saved.value } : { step: { ...planned, blocker: saved.error } });
}

async function tried(step: Of<"k8s">, planned: PlannedStep, world: World): Promise<Result<Planned, ToolFailure>> {
  const action = actionOf(step.k8s.action);
  const outcome = await world.dryRun({ action, args: planned.args, nowMs: world.now() });
  if (outcome.ok) return ok({ step: { ...planned, outcome: outcome.value } });
  const { error } = outcome;
  return error.kind === "blocker" ? ok({ step: { ...planned, blocker: error.message } }) : err(error);
}

const ACTIONS: readonly string[] = Object.keys(ACTION_ROUTES);

export function isAction(name: string): name is ActionName {
  return ACTIONS.includes(name);
}

function actionOf(name: string): ActionName {
  if (isAction(name)) return name;
  throw new Error(`a published runbook has the action ${name}, which there is not`);
}
