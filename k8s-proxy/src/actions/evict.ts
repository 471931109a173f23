// Takes a pod away as a drain would: where its disruption budget lets it go.
import { fail } from "../failure.ts";
import { ok } from "../result.ts";
import { called } from "./metadata.ts";
import { ofPod, takenAway } from "./pod.ts";

import type * as z from "zod";
import type { ACTION_ROUTES } from "../contract/index.ts";
import type { Pod } from "./pod.ts";

type Asked = z.output<(typeof ACTION_ROUTES)["evict"]["request"]>;

export const evict = ofPod<Asked>((pod, asked, acting) => {
  const blocked = overruled(pod);
  if (blocked !== undefined) return fail("blocked", `${called(pod)} cannot be evicted: ${blocked}`);
  return ok({
    kind: "ready",
    object: called(pod),
    commit: async () => {
      const write = { ...pod.metadata, isDryRun: asked.dry_run };
      const written = await acting.writes.evict(pod.metadata, write);
      const where = pod.spec.nodeName ? ` from ${pod.spec.nodeName}` : "";
      return written.ok ? ok(takenAway(pod, `is evicted${where}`)) : written;
    },
  });
});

/** The API server answers such an eviction with an error of its own, after which nobody could say what became of it. */
export function overruled({ budgets }: Pick<Pod, "budgets">): string | undefined {
  if (budgets.length < 2) return undefined;
  return `${budgets.length} disruption budgets cover it, and no eviction may be under more than one`;
}
