// Sets how many pods a workload has, by its scale and nothing else of it.
import { fail } from "../failure.ts";
import { ok } from "../result.ts";
import { about, called } from "./metadata.ts";
import { affectedPods, ofWorkload } from "./workload.ts";

import type * as z from "zod";
import type { ACTION_ROUTES } from "../contract/index.ts";
import type { Facts } from "./action.ts";
import type { Workload } from "./workload.ts";

type Asked = z.output<(typeof ACTION_ROUTES)["scale"]["request"]>;

export const scale = ofWorkload<Asked>(
  (asked) => asked,
  async (workload, asked, acting) => {
    const { replicas } = asked;
    const { maxReplicas } = acting.bounds;
    if (replicas > maxReplicas) {
      return fail("blocked", `At most ${maxReplicas} replicas may be asked for in this cluster (MAX_REPLICAS)`);
    }
    const before = workload.spec.replicas ?? 1;
    const affects = await affectedPods(workload, Math.abs(replicas - before), acting);
    const facts = { ...about(workload), ...describe(workload, before, replicas), affects };
    if (replicas === before) return ok({ kind: "settled", facts: { ...facts, changed: false } });
    return ok({
      kind: "ready",
      object: called(workload),
      commit: async () => {
        // The scale has no annotations: its key is remembered by this process alone.
        const write = { ...workload.metadata, isDryRun: asked.dry_run };
        const written = await acting.writes.setReplicas(asked, replicas, write);
        return written.ok ? ok(withoutGeneration({ ...facts, changed: true })) : written;
      },
    });
  },
);

/** The answer is of the scale, which has none: that of before would be wrong. */
function withoutGeneration(facts: Facts): Facts {
  const { generation: _, ...object } = facts.object;
  return { ...facts, object };
}

function describe(workload: Workload, before: number, after: number) {
  const change = before === after ? `has ${after} replicas already` : `goes from ${before} to ${after} replicas`;
  return {
    summary: `${called(workload)} ${change}${after === 0 ? ": nothing of it is left running" : ""}.`,
    diff: before === after ? [] : [`spec.replicas: ${before} → ${after}`],
    before: { replicas: before },
    after: { replicas: after },
  };
}
