// What a run has changed so far, told from the outcomes that its steps have kept.

import { ActionOutcome } from "k8s-proxy/contract";
import { isLongerThan } from "../../bytes.ts";
import type { Expected } from "k8s-proxy/contract";
import type { Run, RunStep } from "../../ports/runs.ts";
import type { Order } from "./progress.ts";

/** Of one step: a run has some thirty, and is kept whole in one row. */
const MAX_OUTPUT_BYTES = 16 * 1024;

export function changesOf({ steps }: Pick<Run, "steps">): readonly ActionOutcome[] {
  return steps.flatMap((step) => {
    const outcome = outcomeOf(step);
    return outcome?.changed === true ? [outcome] : [];
  });
}

/** Of a change that was made; also of one that is repeated, and has failed since. */
export function outcomeOf({ kind, output }: RunStep): ActionOutcome | undefined {
  return kind === "k8s" ? ActionOutcome().safeParse(output).data : undefined;
}

/** Of all rounds of a repeated change: the last word, and whether any of them has changed something. */
export function withRound(before: ActionOutcome | undefined, outcome: ActionOutcome): ActionOutcome {
  return { ...outcome, changed: outcome.changed || before?.changed === true };
}

/** For whoever has to look after it: "Changed: …". */
export function changedSoFar(run: Pick<Run, "steps">): string {
  const changes = changesOf(run);
  if (changes.length === 0) return "Nothing was changed.";
  return `Changed: ${changes.map(({ summary }) => summary.replace(/\.$/, "")).join("; ")}.`;
}

/**
 * What the object must still be, as the approver saw it. What an earlier step of this run has changed is another
 * generation by right; to undo it, it is taken as it is found.
 */
export function expectedOf({ approval }: Order, run: Run, { id, phase }: RunStep): Expected | undefined {
  if (phase === "on_failure") return undefined;
  const found = approval.plan.steps.find((planned) => planned.id === id)?.outcome?.found;
  if (!found) return undefined;
  const isOurs = changesOf(run).some(
    ({ found: before, object }) => before.uid === found.uid || object.uid === found.uid,
  );
  return isOurs ? { uid: found.uid } : found;
}

/** It is done, however much there is to say about it: the longest parts are left out first. */
export function keptOutcome(outcome: ActionOutcome): ActionOutcome {
  if (!isLongerThan(JSON.stringify(outcome), MAX_OUTPUT_BYTES)) return outcome;
  const { evictions: _, ...rest } = outcome;
  return { ...rest, diff: [], before: {}, after: {} };
}
