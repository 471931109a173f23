// The `scale` of a workload: how many replicas are wanted and are there, read and written without touching anything else.
import * as z from "zod";
import { fieldOf, withField } from "../api-object.ts";
import { ApiRefusal } from "../api-status.ts";
import { isMembers, membersOf } from "../json.ts";
import { findObject } from "../read.ts";
import { keep, settled } from "./change-object.ts";
import { conflict, requireVersion } from "./conflict.ts";
import { invalid } from "./invalid.ts";
import { replicaFaults } from "./judge-change.ts";
import { readPatch } from "./patch.ts";
import { parseJsonBody } from "./write-request.ts";
import { writeOptions } from "./write-options.ts";

import type { ApiObject } from "../api-object.ts";
import type { Resource } from "../catalogue.ts";
import type { WriteRequest, WriteWorld, Written } from "./write-request.ts";

const SCALABLE: readonly string[] = ["apps/v1/deployments", "apps/v1/statefulsets"];

const Wanted = z.looseObject({
  metadata: z.looseObject({ uid: z.string().optional(), resourceVersion: z.string().optional() }).default({}),
  spec: z.looseObject({ replicas: z.int().default(0) }).default({ replicas: 0 }),
});

export function isScalable({ apiVersion, plural }: Resource): boolean {
  return SCALABLE.includes(`${apiVersion}/${plural}`);
}

export function scaleOf(object: ApiObject): object {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const replicas = Number(fieldOf(object, "spec.replicas") ?? 1);
  const labels = Object.entries(membersOf(fieldOf(object, "spec.selector.matchLabels"))).toSorted();
  return {
    kind: "Scale",
    apiVersion: "autoscaling/v1",
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    // Go leaves out what is zero here, and only here.
    spec: replicas === 0 ? {} : { replicas },
    status: {
      replicas: Number(fieldOf(object, "status.replicas") ?? 0),
      selector: labels.map((pair) => pair.join("=")).join(","),
    },
  };
}

export function changeScale(request: WriteRequest, resource: Resource, world: WriteWorld): Written {
  const isPatch = request.method === "PATCH";
  const { isDryRun } = writeOptions(request.query, isPatch ? "PatchOptions" : "UpdateOptions");
  const make = isPatch ? readPatch(request) : () => parseJsonBody(request);
  const current = findObject(resource, request.target, world.objects);

  const { metadata, spec } = parseScale(make(scaleOf(current)));
  const { name } = current.metadata;
  const faults = replicaFaults({ spec });
  if (faults.length > 0) throw invalid({ group: "autoscaling", kind: "Scale", name }, faults);
  if (metadata.uid !== undefined && metadata.uid !== current.metadata.uid) {
    const why = `Precondition failed: UID in precondition: ${metadata.uid}, UID in object meta: ${current.metadata.uid ?? ""}`;
    throw conflict({ ...resource, plural: `${resource.plural}/scale` }, current, why);
  }
  requireVersion(resource, current, metadata.resourceVersion);

  const next = settled(current, withField(current, ["spec", "replicas"], spec.replicas));
  const isKept = !isDryRun && fieldOf(current, "spec.replicas") !== spec.replicas;
  return { status: 200, body: scaleOf(isKept ? keep(resource, next, world) : next) };
}

function parseScale(value: unknown): z.output<typeof Wanted> {
  const wanted = isMembers(value) ? Wanted.safeParse(value) : undefined;
  if (wanted?.success) return wanted.data;
  throw new ApiRefusal(400, 'Scale in version "v1" cannot be handled as a Scale: spec.replicas is no int32');
}
