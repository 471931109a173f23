// Steps in words: for a list of what a runbook does, for a plan, and for the log of a run.

import { kindOf } from "./runbook.ts";
import type { ActionName } from "k8s-proxy/contract";
import type { Arguments } from "./substitute.ts";
import type { Runbook, Step, StepKind } from "./runbook.ts";

export interface StepInWords {
  readonly id: string;
  readonly kind: StepKind;
  /** One sentence. */
  readonly does: string;
}

export interface RunbookInWords {
  readonly steps: readonly StepInWords[];
  readonly on_failure: readonly StepInWords[];
}

/** With what a run is given still as it is written: `Restart Deployment ${params.namespace}/${params.name}`. */
export function describeSteps({ steps, on_failure }: Pick<Runbook, "steps" | "on_failure">): RunbookInWords {
  const inWords = (step: Step): StepInWords => ({ id: step.id, kind: kindOf(step), does: describeStep(step) });
  return { steps: steps.map(inWords), on_failure: (on_failure?.steps ?? []).map(inWords) };
}

/** What a step acts with or reads by, as it is written; of the other kinds nothing. */
export function argumentsOf(step: Step): Arguments {
  if ("tool" in step) return step.args;
  if ("wait" in step) return step.wait.args;
  if (!("k8s" in step)) return {};
  const { action: _, ...args } = step.k8s;
  return args;
}

/** The tool or the action, where there is one. */
export function usedBy(step: Step): string | undefined {
  if ("tool" in step) return step.tool;
  if ("k8s" in step) return step.k8s.action;
  return "wait" in step ? step.wait.tool : undefined;
}

/** One sentence; `args` and `message` as far as they are known already. */
export function describeStep(
  step: Step,
  { args = argumentsOf(step), message }: { readonly args?: Arguments; readonly message?: string } = {},
): string {
  if ("tool" in step) return `Read ${step.tool}${given(args)}`;
  if ("check" in step) return `Go on only if ${step.check.expr}; else: ${step.check.message}`;
  if ("notify" in step) return `Tell ${step.notify.channel}: ${message ?? step.notify.message}`;
  if ("wait" in step) {
    const { tool, until, timeout, interval } = step.wait;
    return `Ask ${tool}${given(args)} every ${interval} until ${until}, for ${timeout} at most`;
  }
  const does = describeAction(step.k8s.action, args);
  if (step.repeat === undefined) return does;
  const { until, interval, timeout } = step.repeat;
  return `${does}; again every ${interval} until ${until}, for ${timeout} at most`;
}

function given(args: Arguments): string {
  const words = Object.entries(args).map(([name, value]) => `${name} ${value}`);
  return words.length === 0 ? "" : ` (${words.join(", ")})`;
}

const IN_WORDS: Readonly<Record<ActionName, (args: Arguments) => string>> = {
  rollout_restart: (args) => `Restart ${workload(args)}, pod by pod`,
  scale: (args) => `Scale ${workload(args)} to ${args.replicas ?? "?"} replicas`,
  rollout_undo: (args) =>
    `Roll ${workload(args)} back to ${args.to_revision === undefined ? "the revision before" : `revision ${args.to_revision}`}`,
  cordon: ({ node = "?" }) => `Cordon node ${node}: no new pods are placed on it`,
  uncordon: ({ node = "?" }) => `Uncordon node ${node}: pods are placed on it again`,
  drain: ({ node = "?" }) => `Evict the pods of node ${node}, as far as disruption budgets allow`,
  evict: (args) => `Evict pod ${pod(args)}, if its disruption budgets allow`,
  delete_pod: (args) => `Delete pod ${pod(args)}`,
};

function describeAction(action: string, args: Arguments): string {
  const [, words] = Object.entries(IN_WORDS).find(([name]) => name === action) ?? [];
  return words ? words(args) : `${action}${given(args)}`;
}

function workload({ kind = "Deployment", namespace = "?", name = "?" }: Arguments): string {
  return `${kind} ${namespace}/${name}`;
}

function pod({ namespace = "?", pod: name = "?" }: Arguments): string {
  return `${namespace}/${name}`;
}
