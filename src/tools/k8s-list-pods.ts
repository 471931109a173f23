// The pods of one namespace, in the words of kubectl, the troubled ones first.

import { Pod, ROUTES } from "k8s-proxy/contract";
import * as z from "zod";
import { byteLength, isLongerThan } from "../bytes.ts";
import { once } from "../once.ts";
import { defineReading } from "../reading/define-reading.ts";
import { fit, Meta } from "../reading/meta.ts";

/** Containers are listed where something is wrong: a healthy pod is one line. */
const ListedPod = once(() => Pod().partial({ containers: true }));

export const k8sListPods = defineReading({
  name: "k8s.list_pods",
  description:
    "List pods in a Kubernetes namespace: the status kubectl prints, readiness, restarts, and what is wrong with those in trouble (listed first).",
  requires: "k8s:read",
  rate: "20/minute",
  route: ROUTES.listPods,
  scope: "namespace",
  output: () =>
    z.object({
      pods: z.array(ListedPod()),
      meta: Meta().extend({ by_status: z.record(z.string(), z.int()) }),
    }),

  answer({ pods, continue: next, remaining, found, by_status }, asked) {
    const isFirst = asked.request.continue === undefined;
    const isCounted = isFirst && (next === undefined || remaining !== undefined || found !== undefined);
    const { shown, meta } = fit(pods.map(slim), asked, {
      ...(isCounted && { total: found ?? pods.length + (remaining ?? 0) }),
      next,
      narrower: "state: unhealthy, a name_pattern or a label_selector",
      besideBytes: byteLength(JSON.stringify(by_status)),
    });
    return { pods: shown, meta: { ...meta, by_status } };
  },
});

/** A pod with more to say about its containers than this would leave no room for any other, or not even fit itself. */
const MAX_CONTAINERS_BYTES = 8 * 1024;

function slim({ containers, ...pod }: Pod): z.output<ReturnType<typeof ListedPod>> {
  const isWordy = isLongerThan(JSON.stringify(containers), MAX_CONTAINERS_BYTES);
  return pod.problem === undefined || isWordy ? pod : { ...pod, containers };
}
