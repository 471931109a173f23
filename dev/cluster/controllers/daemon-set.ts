// Keeps one pod of a DaemonSet on every node, cordoned or not, and replaces them one after the other when the template changes.
import { edited, fieldOf } from "../api-object.ts";
import { resourceOf } from "../catalogue.ts";
import { isSame } from "../json.ts";
import { isActive, podState } from "../pod-state.ts";
import { removePod } from "../writes/remove-pod.ts";
import { REVISION_LABEL, revisionFor } from "./controller-revision.ts";
import { newPod } from "./new-pod.ts";
import { begin } from "./pod-life.ts";
import { podsOf } from "./replica-set.ts";
import { tell } from "./tell.ts";
import { suffix } from "./template.ts";

import type { ApiObject } from "../api-object.ts";
import type { Stage } from "./stage.ts";
import type { Told } from "./tell.ts";

export const DAEMON_SETS = resourceOf("apps/v1", "daemonsets");
const NODES = resourceOf("v1", "nodes");
const FROM = "daemonset-controller";

/** Whatever befalls a node, its daemon stays. */
const TOLERATIONS = [
  ...["not-ready", "unreachable"].map((what) => [what, "NoExecute"] as const),
  ...["disk-pressure", "memory-pressure", "pid-pressure", "unschedulable"].map((what) => [what, "NoSchedule"] as const),
].map(([what, effect]) => ({ key: `node.kubernetes.io/${what}`, operator: "Exists", effect }));

export function reconcileDaemonSet(set: ApiObject, stage: Stage): void {
  const hash = String(revisionFor(DAEMON_SETS, set, stage).metadata.labels?.[REVISION_LABEL]);
  const active = podsOf(set, stage.objects).filter(isActive);
  const nodes = stage.objects.list(NODES).map(({ metadata }) => metadata.name);
  const bare = nodes.filter((node) => !active.some((pod) => podState(pod).node === node));
  for (const node of bare) create(set, { node, hash }, stage);
  const outdated = active.find(({ metadata }) => metadata.labels?.[REVISION_LABEL] !== hash);
  // One may be missing at a time, and whichever does not serve is missing already.
  const isWhole = bare.length === 0 && active.every((pod) => podState(pod).isReady);
  if (outdated && (isWhole || !podState(outdated).isReady)) {
    removePod({ pod: outdated, isDryRun: false }, stage);
    say(set, { reason: "SuccessfulDelete", message: `Deleted pod: ${outdated.metadata.name}` }, stage);
  }
  writeStatus(set, { hash, nodes: nodes.length }, stage);
}

interface Placed {
  readonly node: string;
  readonly hash: string;
}

function create(set: ApiObject, { node, hash }: Placed, stage: Stage): void {
  const name = `${set.metadata.name}-${suffix(stage.random)}`;
  const template = fieldOf(set, "spec.template");
  const generation = String(Number(set.metadata.generation ?? 1));
  const labels = { [REVISION_LABEL]: hash, "pod-template-generation": generation };
  const onNode = { matchFields: [{ key: "metadata.name", operator: "In", values: [node] }] };
  const affinity = {
    nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [onNode] } },
  };
  const fields = { nodeName: node, affinity, tolerations: [{ operator: "Exists" }, ...TOLERATIONS] };
  begin(newPod({ resource: DAEMON_SETS, owner: set, template, name, labels, fields }, stage), stage);
  say(set, { reason: "SuccessfulCreate", message: `Created pod: ${name}` }, stage);
}

function say(about: ApiObject, told: Pick<Told, "reason" | "message">, stage: Stage): void {
  tell({ resource: DAEMON_SETS, about, ...told, from: FROM }, stage);
}

interface Extent {
  readonly hash: string;
  readonly nodes: number;
}

function writeStatus(set: ApiObject, { hash, nodes }: Extent, { objects }: Stage): void {
  const active = podsOf(set, objects).filter(isActive);
  const ready = active.filter((pod) => podState(pod).isReady).length;
  const next = edited(set, {
    status: {
      currentNumberScheduled: active.length,
      numberMisscheduled: 0,
      desiredNumberScheduled: nodes,
      numberReady: ready,
      observedGeneration: set.metadata.generation,
      updatedNumberScheduled: active.filter(({ metadata }) => metadata.labels?.[REVISION_LABEL] === hash).length,
      numberAvailable: ready === 0 ? undefined : ready,
      numberUnavailable: nodes === ready ? undefined : nodes - ready,
    },
  });
  if (!isSame(next, set)) objects.put(DAEMON_SETS, next);
}
