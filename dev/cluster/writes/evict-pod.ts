// One eviction: a deletion that disruption budgets have a say in.
import * as z from "zod";
import { ApiRefusal } from "../api-status.ts";
import { allowanceOf, budgetsOver } from "../disruption-budget.ts";
import { podState } from "../pod-state.ts";
import { findObject } from "../read.ts";
import { rfc3339 } from "../rfc3339.ts";
import { requirePreconditions } from "./conflict.ts";
import { deleteOptions } from "./delete-pod.ts";
import { removePod } from "./remove-pod.ts";
import { parseJsonBody } from "./write-request.ts";
import { isDryRun, writeOptions } from "./write-options.ts";

import type { ApiObject } from "../api-object.ts";
import type { Resource } from "../catalogue.ts";
import type { Objects } from "../objects.ts";
import type { WriteRequest, WriteWorld, Written } from "./write-request.ts";

const Eviction = z.looseObject({
  kind: z.literal("Eviction"),
  apiVersion: z.enum(["policy/v1", "policy/v1beta1"]),
  metadata: z.looseObject({ name: z.string() }),
  deleteOptions: z.unknown().optional(),
});

export function evictPod(request: WriteRequest, resource: Resource, world: WriteWorld): Written {
  const asked = writeOptions(request.query, "CreateOptions");
  const eviction = Eviction.safeParse(parseJsonBody(request));
  if (!eviction.success) throw new ApiRefusal(400, 'no kind "Eviction" of policy/v1 in the body of the request');
  const { metadata, deleteOptions: given } = eviction.data;
  const pod = findObject(resource, request.target, world.objects);
  if (metadata.name !== pod.metadata.name) {
    throw new ApiRefusal(400, "name in URL does not match name in Eviction object");
  }
  const options = deleteOptions(given ?? {});
  requirePreconditions(resource.kind, pod, options.preconditions);
  requireAllowance(pod, world.objects);
  removePod(
    {
      pod,
      graceS: options.gracePeriodSeconds,
      because: disruptionTarget(world.clock()),
      isDryRun: asked.isDryRun || isDryRun(options.dryRun, "DeleteOptions"),
    },
    world,
  );
  return { status: 201, body: { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", code: 201 } };
}

/** What serves nobody may always go: it has ended, is going, never began, or is broken while enough others are well. */
function requireAllowance(pod: ApiObject, objects: Objects): void {
  const { phase, isReady, isOver, isTerminating } = podState(pod);
  if (isOver || isTerminating || phase === "Pending") return;
  const budgets = budgetsOver(pod, objects);
  if (budgets.length > 1) {
    throw new ApiRefusal(
      500,
      "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.",
    );
  }
  for (const budget of budgets) {
    const { currentHealthy, desiredHealthy, disruptionsAllowed } = allowanceOf(budget, objects);
    const isSpared = !isReady && desiredHealthy > 0 && currentHealthy >= desiredHealthy;
    if (disruptionsAllowed > 0 || isSpared) continue;
    const { name } = budget.metadata;
    const message = `The disruption budget ${name} needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`;
    throw new ApiRefusal(429, "Cannot evict pod as it would violate the pod's disruption budget.", {
      details: { causes: [{ reason: "DisruptionBudget", message }] },
    });
  }
}

function disruptionTarget(nowMs: number): object {
  return {
    type: "DisruptionTarget",
    status: "True",
    lastProbeTime: null,
    lastTransitionTime: rfc3339(nowMs),
    reason: "EvictionByEvictionAPI",
    message: "Eviction API: evicting",
  };
}
