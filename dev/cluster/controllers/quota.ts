// Whether a namespace has room for one more pod, as its quotas count.
import * as z from "zod";
import { edited } from "../api-object.ts";
import { resourceOf } from "../catalogue.ts";
import { isSame } from "../json.ts";
import { podState } from "../pod-state.ts";
import { amountOf } from "../quantity.ts";

import type { ApiObject } from "../api-object.ts";
import type { Objects } from "../objects.ts";
import type { Stage } from "./stage.ts";

const [PODS, QUOTAS] = [resourceOf("v1", "pods"), resourceOf("v1", "resourcequotas")];

const Quota = z.object({ spec: z.object({ hard: z.record(z.string(), z.string()).default({}) }) });

const Amounts = z.record(z.string(), z.string()).default({});
const Container = z.object({
  resources: z.object({ requests: Amounts, limits: Amounts }).partial().default({}),
  /** An init container that stays. */
  restartPolicy: z.string().optional(),
});
const Spec = z.object({ containers: z.array(Container), initContainers: z.array(Container).default([]) });

/** In the API server's words why there is none; undefined where there is. */
export function quotaAgainst(pod: ApiObject, objects: Objects): string | undefined {
  const { namespace, name } = pod.metadata;
  const others = objects.list(PODS, namespace).filter((one) => !podState(one).isOver);
  for (const quota of objects.list(QUOTAS, namespace)) {
    for (const [what, hard] of Object.entries(Quota.parse(quota).spec.hard)) {
      const [asked, used] = [amountIn(pod, what), others.reduce((sum, one) => sum + amountIn(one, what), 0)];
      if (asked + used <= amountOf(hard)) continue;
      const [requested, already] = [asked, used].map((amount) => `${what}=${written(amount, what)}`);
      return `pods "${name}" is forbidden: exceeded quota: ${quota.metadata.name}, requested: ${requested}, used: ${already}, limited: ${what}=${hard}`;
    }
  }
  return undefined;
}

/** What a quota says of itself. */
export function reconcileQuotas(namespace: string, { objects }: Stage): void {
  const pods = objects.list(PODS, namespace).filter((one) => !podState(one).isOver);
  for (const quota of objects.list(QUOTAS, namespace)) {
    const used = Object.keys(Quota.parse(quota).spec.hard).map((what) => {
      const amount = pods.reduce((sum, one) => sum + amountIn(one, what), 0);
      return [what, written(amount, what)] as const;
    });
    const next = edited(quota, { status: { used: Object.fromEntries(used) } });
    if (!isSame(next, quota)) objects.put(QUOTAS, next);
  }
}

/** `requests.cpu`, `limits.memory`, `pods`; what else a quota may count, no pod here asks for. */
function amountIn(pod: ApiObject, what: string): number {
  if (what === "pods") return 1;
  const [, kind, resource = ""] = /^(requests|limits)\.(cpu|memory)$/.exec(what) ?? [];
  const { containers, initContainers } = Spec.parse(pod.spec);
  const lasting = [...containers, ...initContainers.filter(({ restartPolicy }) => restartPolicy === "Always")];
  return lasting.reduce((sum, { resources: { requests = {}, limits = {} } }) => {
    const amounts = kind === "limits" ? limits : requests;
    return sum + amountOf(amounts[resource] ?? "0");
  }, 0);
}

function written(amount: number, what: string): string {
  return what.endsWith("cpu") ? `${Math.round(amount * 1_000)}m` : String(amount);
}
