// The controllers of the stand-in: whatever is written, somebody notices after a moment and does what follows from it. What
// nobody has touched stays as it was recorded, however untidy.
import { randomOf } from "../random.ts";
import { nameOf } from "../objects.ts";
import { resourceOf } from "../catalogue.ts";
import { workloadOf } from "../owner.ts";
import { Agenda } from "./agenda.ts";
import { reconcileBudgets } from "./budgets.ts";
import { DAEMON_SETS, reconcileDaemonSet } from "./daemon-set.ts";
import { DEPLOYMENTS, reconcileDeployment } from "./deployment.ts";
import { reconcileEndpoints } from "./endpoint-slices.ts";
import { NODES, reconcileNode } from "./node.ts";
import { NOTICE_MS } from "./pace.ts";
import { leave } from "./pod-life.ts";
import { reconcileQuotas } from "./quota.ts";
import { reconcileStatefulSet, STATEFUL_SETS } from "./stateful-set.ts";

import type { ApiObject } from "../api-object.ts";
import type { Resource } from "../catalogue.ts";
import type { LiveObjects } from "../live-objects.ts";
import type { Stage } from "./stage.ts";

const PODS = resourceOf("v1", "pods");

const RECONCILE: ReadonlyMap<string, (object: ApiObject, stage: Stage) => void> = new Map([
  [nameOf(DEPLOYMENTS), reconcileDeployment],
  [nameOf(STATEFUL_SETS), reconcileStatefulSet],
  [nameOf(DAEMON_SETS), reconcileDaemonSet],
  [nameOf(NODES), reconcileNode],
]);

export interface Controllers {
  readonly notice: (resource: Resource, object: ApiObject) => void;
  /** Does all that is due by now, each thing at its own moment. */
  catchUp(): void;
  /** The moment of what they are doing, else the present. */
  readonly clock: () => number;
  /** When something is due next. */
  readonly dueMs: number | undefined;
}

export function startControllers(objects: LiveObjects, clock: () => number): Controllers {
  const agenda = new Agenda(clock);
  const stage: Stage = {
    objects,
    agenda,
    clock: () => agenda.nowMs,
    random: randomOf("controllers"),
    recordedPods: objects.list(PODS),
    notice: (resource, object) => notice({ resource, object }, stage),
  };
  return {
    notice: stage.notice,
    catchUp: () => agenda.catchUp(),
    clock: stage.clock,
    get dueMs() {
      return agenda.dueMs;
    },
  };
}

interface Written {
  readonly resource: Resource;
  readonly object: ApiObject;
}

function notice({ resource, object }: Written, stage: Stage): void {
  const { agenda, objects } = stage;
  const { namespace = "", uid = "" } = object.metadata;
  const reconcile = RECONCILE.get(nameOf(resource));
  if (reconcile) {
    agenda.in(
      NOTICE_MS,
      () => {
        const now = objects.list(resource).find(({ metadata }) => metadata.uid === uid);
        if (now) reconcile(now, stage);
      },
      `reconcile ${uid}`,
    );
  }
  if (nameOf(resource) !== nameOf(PODS)) return;
  leave(object, stage);
  const workload = workloadOf(object, objects);
  if (workload) notice(workload, stage);
  agenda.in(
    NOTICE_MS,
    () => {
      reconcileEndpoints(namespace, stage);
      reconcileBudgets(namespace, stage);
      reconcileQuotas(namespace, stage);
    },
    `surroundings ${namespace}`,
  );
}
