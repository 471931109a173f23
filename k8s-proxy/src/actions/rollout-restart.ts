// Replaces the pods of a workload a few at a time, as `kubectl rollout restart` does: by a moment written into its template.
import * as z from "zod";
import { fail } from "../failure.ts";
import { ok } from "../result.ts";
import { safe } from "../safe.ts";
import { RESTARTED_AT } from "./egress.ts";
import { about, called } from "./metadata.ts";
import { affectedPods, ofWorkload } from "./workload.ts";

import type { ACTION_ROUTES } from "../contract/index.ts";
import type { Workload } from "./workload.ts";

type Asked = z.output<(typeof ACTION_ROUTES)["rollout_restart"]["request"]>;

export const rolloutRestart = ofWorkload<Asked>(
  (asked) => asked,
  async (workload, asked, acting) => {
    if (workload.spec.paused) {
      return fail("blocked", `${called(workload)} is paused: it would restart only when somebody resumes it`);
    }
    const at = new Date(acting.now()).toISOString().replace(/\.\d+Z$/, "Z");
    const affects = await affectedPods(workload, workload.pods, acting);
    return ok({
      kind: "ready",
      object: called(workload),
      commit: async () => {
        const write = { ...workload.metadata, key: asked.idempotency_key, isDryRun: asked.dry_run };
        const written = await acting.writes.restart(asked, at, write);
        if (!written.ok) return written;
        const told = describe(workload, asked.dry_run ? undefined : at);
        return ok({ ...about(workload, written.value), changed: true, ...told, affects });
      },
    });
  },
);

const Annotated = z.object({ metadata: z.object({ annotations: z.record(z.string(), z.string()).nullish() }) });

/** With a moment only where it was written: what is approved must not change with the clock. */
function describe(workload: Workload, at: string | undefined) {
  const annotations = Annotated.safeParse(workload.spec.template).data?.metadata.annotations ?? {};
  const before = safe(annotations[RESTARTED_AT] ?? "", 100);
  const path = `spec.template.metadata.annotations.${RESTARTED_AT}`;
  return {
    summary: summaryOf(workload),
    diff: [`${path}: ${before || "(none)"} → ${at ?? "(the moment it is done)"}`],
    before: { restarted_at: before || null },
    after: at === undefined ? {} : { restarted_at: at },
  };
}

function summaryOf(workload: Workload): string {
  const { pods, spec } = workload;
  if (spec.updateStrategy?.type === "OnDelete") {
    return `${called(workload)} restarts, but each pod only when somebody deletes it: its update strategy is OnDelete.`;
  }
  return `${called(workload)} restarts: its ${pods === 1 ? "one pod is" : `${pods} pods are`} replaced, a few at a time.`;
}
