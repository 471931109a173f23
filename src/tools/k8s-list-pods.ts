// The pods of one namespace, in the words of kubectl, the troubled ones first.

import { Pod, ROUTES } from "k8s-proxy/contract";
import * as z from "zod";
import { isLongerThan } from "../bytes.ts";
import { defineReading } from "../reading/define-reading.ts";
import { fit, Meta } from "../reading/meta.ts";

/** Containers are listed where something is wrong: a healthy pod is one line. */
const ListedPod = Pod.partial({ containers: true });

export const k8sListPods = defineReading({
  name: "k8s.list_pods",
  description:
    "List pods in a Kubernetes namespace: the status kubectl prints, readiness, restarts, and what is wrong with those in trouble (listed first).",
  requires: "k8s:read",
  rate: "20/minute",
  route: ROUTES.listPods,
  scope: "namespace",
  output: z.object({
    pods: z.array(ListedPod),
    meta: Meta.extend({ by_status: z.record(z.string(), z.int()) }),
  }),

  answer(response, asked) {
    const found = response.pods
      .map(slim)
      .toSorted((a, b) => Number(b.problem !== undefined) - Number(a.problem !== undefined));
    const isFirst = asked.request.continue === undefined;
    const isCounted = isFirst && (response.continue === undefined || response.remaining !== undefined);
    const { shown, meta } = fit(found, asked, {
      ...(isCounted && { total: found.length + (response.remaining ?? 0) }),
      next: response.continue,
      narrower: "a label_selector",
    });
    return { pods: shown, meta: { ...meta, by_status: countBy(found.map(({ status }) => status)) } };
  },
});

/** A pod with more to say about its containers than this would leave no room for any other, or not even fit itself. */
const MAX_CONTAINERS_BYTES = 8 * 1024;

function slim({ containers, ...pod }: Pod): z.output<typeof ListedPod> {
  const isWordy = isLongerThan(JSON.stringify(containers), MAX_CONTAINERS_BYTES);
  return pod.problem === undefined || isWordy ? pod : { ...pod, containers };
}

function countBy(words: readonly string[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return Object.fromEntries(counts);
}
