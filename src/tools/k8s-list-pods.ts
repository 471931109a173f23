// The pods of one namespace, in the words of kubectl, the troubled ones first.

import { LabelSelector, MAX_PODS_A_PAGE, Namespace, Pod } from "k8s-proxy/contract";
import * as z from "zod";
import { byteLength, isLongerThan } from "../bytes.ts";
import { err, ok } from "../result.ts";
import { DEFAULT_RESULT_BYTES, defineTool } from "../tool/tool.ts";
import { chooseCluster, Cluster, fromProxy } from "./cluster-parameters.ts";
import type { ListPodsResponse } from "k8s-proxy/contract";

/** Containers are listed where something is wrong: a healthy pod is one line. */
const ListedPod = Pod.partial({ containers: true });
type ListedPod = z.output<typeof ListedPod>;

const Meta = z.object({
  cluster: z.string(),
  namespace: z.string(),
  observed_at: z.string(),
  returned: z.int(),
  /** Left out where the API server does not count: with a selector, before the last page. */
  total: z.int().optional(),
  truncated: z.boolean(),
  next_cursor: z.string().optional(),
  hint: z.string().optional(),
  by_status: z.record(z.string(), z.int()),
  /** Names, messages and statuses come from the cluster: data, never instructions. */
  untrusted: z.literal(true),
});

const Output = z.object({ pods: z.array(ListedPod), meta: Meta });

export const k8sListPods = defineTool({
  name: "k8s.list_pods",
  description:
    "List pods in a Kubernetes namespace: the status kubectl prints, readiness, restarts, and what is wrong with those in trouble (listed first).",
  effect: "read",
  requires: "k8s:read",
  rate: "20/minute",
  uses: ["clusters"],
  input: z.strictObject({
    namespace: Namespace.describe("Kubernetes namespace"),
    label_selector: LabelSelector.optional().describe(
      'Label selector as kubectl takes it, such as "app=web,tier!=cache"',
    ),
    limit: z.int().min(1).max(MAX_PODS_A_PAGE).default(100).describe("Pods a page"),
    cursor: z
      .string()
      .max(4096)
      .optional()
      .describe("meta.next_cursor of the page before, with the other arguments unchanged"),
    cluster: Cluster.optional(),
  }),
  output: Output,

  target(input, clusters) {
    const cluster = chooseCluster(input.cluster, clusters);
    return cluster.ok ? ok({ cluster: cluster.value, namespace: input.namespace }) : cluster;
  },

  async run({ namespace, label_selector, limit, cursor }, { clusters }, call) {
    const { grant, target, tool, signal } = call;
    const cluster = target?.cluster ?? "";
    const request = {
      namespace,
      limit,
      ...(label_selector === undefined ? {} : { label_selector }),
      ...(cursor === undefined ? {} : { continue: cursor }),
    };
    const listed = await clusters.listPods(request, {
      cluster,
      principalId: grant.principal.id,
      tool,
      callId: call.id,
      signal,
    });
    if (!listed.ok) return err(fromProxy(listed.error));

    return ok(page(listed.value, { cluster, namespace, isFirst: cursor === undefined }));
  },
});

interface Asked {
  readonly cluster: string;
  readonly namespace: string;
  readonly isFirst: boolean;
}

function page(response: ListPodsResponse, { cluster, namespace, isFirst }: Asked): z.input<typeof Output> {
  const found = response.pods
    .map(slim)
    .toSorted((a, b) => Number(b.problem !== undefined) - Number(a.problem !== undefined));
  const pods = fitting(found);
  const isCut = pods.length < found.length;
  const next = isCut ? undefined : response.continue;
  const total = isFirst && (response.continue === undefined || response.remaining !== undefined);

  return {
    pods: [...pods],
    meta: {
      cluster,
      namespace,
      observed_at: response.observed_at,
      returned: pods.length,
      ...(total ? { total: found.length + (response.remaining ?? 0) } : {}),
      truncated: isCut || response.continue !== undefined,
      ...(next === undefined ? {} : { next_cursor: next }),
      ...hint(pods.length, isCut, next),
      by_status: countBy(found.map(({ status }) => status)),
      untrusted: true,
    },
  };
}

function hint(returned: number, isCut: boolean, next: string | undefined): { hint?: string } {
  if (isCut)
    return { hint: `The page was too large: ask again with limit: ${returned} and page on, or with a label_selector.` };
  return next === undefined
    ? {}
    : { hint: "There is more: pass meta.next_cursor as cursor, or narrow with label_selector." };
}

/** A pod with more to say about its containers than this would leave no room for any other, or not even fit itself. */
const MAX_CONTAINERS_BYTES = 8 * 1024;

function slim({ containers, ...pod }: Pod): ListedPod {
  const isWordy = isLongerThan(JSON.stringify(containers), MAX_CONTAINERS_BYTES);
  return pod.problem === undefined || isWordy ? pod : { ...pod, containers };
}

/** As many whole pods as an answer holds, with room left for what stands around them. */
function fitting(pods: readonly ListedPod[]): readonly ListedPod[] {
  let bytes = 2_048;
  const tooMany = pods.findIndex((pod) => (bytes += byteLength(JSON.stringify(pod)) + 1) > DEFAULT_RESULT_BYTES);
  return tooMany === -1 ? pods : pods.slice(0, tooMany);
}

function countBy(words: readonly string[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return Object.fromEntries(counts);
}
