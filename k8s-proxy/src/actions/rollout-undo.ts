// Gives a Deployment the pods' template of an earlier revision back, as `kubectl rollout undo` does.
import { fail } from "../failure.ts";
import { err, ok } from "../result.ts";
import { diffLines } from "./diff.ts";
import { mergePatch } from "./merge-patch.ts";
import { about, called } from "./metadata.ts";
import { currentRevision, readRevisions } from "./revisions.ts";
import { affectedPods, ofWorkload } from "./workload.ts";

import type * as z from "zod";
import type { ACTION_ROUTES } from "../contract/index.ts";
import type { Failure } from "../failure.ts";
import type { Result } from "../result.ts";
import type { Revision } from "./revisions.ts";
import type { Workload } from "./workload.ts";

type Asked = z.output<(typeof ACTION_ROUTES)["rollout_undo"]["request"]>;

const nameOf = ({ namespace, name }: Asked) => ({ kind: "Deployment", namespace, name }) as const;

export const rolloutUndo = ofWorkload<Asked>(nameOf, async (workload, asked, acting) => {
  if (workload.spec.paused) {
    return fail("blocked", `${called(workload)} is paused: it would go back only when somebody resumes it`);
  }
  const revisions = await readRevisions(workload, acting);
  if (!revisions.ok) return revisions;
  const target = targetOf(workload, revisions.value, asked.to_revision);
  if (!target.ok) return target;

  const template = mergePatch(workload.spec.template, target.value.template);
  const current = currentRevision(workload, revisions.value);
  const affects = await affectedPods(workload, template ? workload.pods : 0, acting);
  const told = { ...describe(workload, current, target.value), affects };
  if (!template) return ok({ kind: "settled", facts: { ...about(workload), ...told, changed: false } });
  return ok({
    kind: "ready",
    object: called(workload),
    commit: async () => {
      const write = { ...workload.metadata, key: asked.idempotency_key, isDryRun: asked.dry_run };
      const { changeCause } = target.value;
      const written = await acting.writes.rollBack(nameOf(asked), { template, changeCause }, write);
      return written.ok ? ok({ ...about(workload, written.value), ...told, changed: true }) : written;
    },
  });
});

function targetOf(
  workload: Workload,
  revisions: readonly Revision[],
  wanted: number | undefined,
): Result<Revision, Failure> {
  // The newest is the one that it has; the one before it is what an undo goes back to.
  const target = wanted === undefined ? revisions[1] : revisions.find(({ number }) => number === wanted);
  if (target) return ok(target);
  const kept = revisions.map(({ number }) => number).join(", ");
  const what = wanted === undefined ? "no revision before this one" : `no revision ${wanted}`;
  return err(fail("not_found", `${called(workload)} has ${what}; it keeps ${kept || "none"}`).error);
}

function describe(workload: Workload, current: number, { number, template }: Revision) {
  const diff = diffLines("spec.template", workload.spec.template, template);
  const summary =
    diff.length === 0
      ? `${called(workload)} has the pods of revision ${number} already.`
      : `${called(workload)} goes back from revision ${current} to the pods of revision ${number}.`;
  return { summary, diff, before: { revision: current }, after: { revision: number } };
}
