// What a kubelet tells of a pod: that its containers run, or what is the matter with them.
import * as z from "zod";
import { resourceOf } from "../catalogue.ts";
import { podState } from "../pod-state.ts";
import { tell } from "./tell.ts";
import { renamed } from "./trouble.ts";

import type { ApiObject } from "../api-object.ts";
import type { Stage } from "./stage.ts";

const [PODS, EVENTS] = [resourceOf("v1", "pods"), resourceOf("v1", "events")];

const Spec = z.object({ containers: z.array(z.object({ name: z.string(), image: z.string() })) });

const Warning = z.object({
  type: z.literal("Warning"),
  reason: z.string(),
  message: z.string(),
  involvedObject: z.object({ uid: z.string(), fieldPath: z.string().optional() }),
});

export function containersOf(pod: ApiObject): readonly string[] {
  return Spec.parse(pod.spec).containers.map(({ name }) => name);
}

export function tellOfStart(pod: ApiObject, stage: Stage): void {
  const common = { resource: PODS, about: pod, from: "kubelet", host: podState(pod).node };
  for (const { name: container, image } of Spec.parse(pod.spec).containers) {
    const pulled = `Container image "${image}" already present on machine and can be accessed by the pod`;
    tell({ ...common, reason: "Pulled", message: pulled, container }, stage);
    tell({ ...common, reason: "Created", message: "Container created", container }, stage);
    tell({ ...common, reason: "Started", message: "Container started", container }, stage);
  }
}

/** The warnings that there were of the other one. */
export function tellOfTrouble(pod: ApiObject, like: ApiObject, stage: Stage): void {
  for (const event of stage.objects.list(EVENTS, like.metadata.namespace)) {
    const warning = Warning.safeParse(event);
    if (!warning.success || warning.data.involvedObject.uid !== like.metadata.uid) continue;
    const { reason, message, involvedObject } = warning.data;
    const [, container] = /^spec\.(?:initC|c)ontainers\{(.+)\}$/.exec(involvedObject.fieldPath ?? "") ?? [];
    tell(
      {
        resource: PODS,
        about: pod,
        type: "Warning",
        reason,
        message: renamed(message, like, pod),
        from: "kubelet",
        host: podState(pod).node,
        ...(container !== undefined && { container }),
      },
      stage,
    );
  }
}
