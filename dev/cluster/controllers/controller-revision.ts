// The templates that a StatefulSet or a DaemonSet has had, each kept under a hash, by which their pods are told apart.
import { ApiObject, fieldOf } from "../api-object.ts";
import { resourceOf } from "../catalogue.ts";
import { membersOf } from "../json.ts";
import { isOwnedBy } from "../owner.ts";
import { rfc3339 } from "../rfc3339.ts";
import { reference } from "./new-pod.ts";
import { uuid } from "./stage.ts";
import { hashOf, isSameTemplate } from "./template.ts";

import type { Resource } from "../catalogue.ts";
import type { Stage } from "./stage.ts";

export const REVISION_LABEL = "controller-revision-hash";
const REVISIONS = resourceOf("apps/v1", "controllerrevisions");

/** Each kind names the hash by a label of its own. */
const LABELS: Readonly<Record<string, string>> = {
  StatefulSet: "controller.kubernetes.io/hash",
  DaemonSet: REVISION_LABEL,
};

/** The one of the template that there is now; made when there was none, counted on when it is gone back to. */
export function revisionFor(resource: Resource, owner: ApiObject, stage: Stage): ApiObject {
  const { objects } = stage;
  const { name, namespace } = owner.metadata;
  const template = membersOf(fieldOf(owner, "spec.template"));
  const all = objects.list(REVISIONS, namespace).filter((one) => isOwnedBy(one, owner));
  const found = all.find((one) => isSameTemplate(withoutDirective(fieldOf(one, "data.spec.template")), template));
  const latest = Math.max(0, ...all.map(numberOf));
  if (found && numberOf(found) === latest) return found;
  if (found) return objects.put(REVISIONS, ApiObject.parse({ ...found, revision: latest + 1 }));
  const hash = hashOf(template);
  return objects.put(
    REVISIONS,
    ApiObject.parse({
      metadata: {
        name: `${name}-${hash}`,
        namespace,
        uid: uuid(stage.random),
        creationTimestamp: rfc3339(stage.clock()),
        labels: { ...membersOf(membersOf(template.metadata).labels), [LABELS[resource.kind] ?? REVISION_LABEL]: hash },
        ownerReferences: [reference(resource, owner)],
      },
      data: { spec: { template: { $patch: "replace", ...template } } },
      revision: latest + 1,
    }),
  );
}

function numberOf(revision: ApiObject): number {
  return Number(revision.revision ?? 0);
}

function withoutDirective(template: unknown): unknown {
  const { $patch: _, ...rest } = membersOf(template);
  return rest;
}
