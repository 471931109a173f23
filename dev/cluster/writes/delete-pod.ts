// One DELETE of a pod, with whatever its asker insists on: that it is this one and no other, and how long it may take.
import * as z from "zod";
import { ApiRefusal } from "../api-status.ts";
import { findObject } from "../read.ts";
import { requirePreconditions } from "./conflict.ts";
import { removePod } from "./remove-pod.ts";
import { parseJsonBody } from "./write-request.ts";
import { isDryRun, writeOptions } from "./write-options.ts";

import type { Resource } from "../catalogue.ts";
import type { WriteRequest, WriteWorld, Written } from "./write-request.ts";

export const DeleteOptions = z.looseObject({
  gracePeriodSeconds: z.int().min(0).optional(),
  preconditions: z.object({ uid: z.string().optional(), resourceVersion: z.string().optional() }).default({}),
  dryRun: z.array(z.string()).default([]),
});
export type DeleteOptions = z.output<typeof DeleteOptions>;

export function deletePod(request: WriteRequest, resource: Resource, world: WriteWorld): Written {
  const asked = writeOptions(request.query, "DeleteOptions");
  const options = deleteOptions(parseJsonBody(request) ?? {});
  const pod = findObject(resource, request.target, world.objects);
  requirePreconditions(resource.kind, pod, options.preconditions);
  const graceS = options.gracePeriodSeconds ?? graceIn(request.query);
  const isOnlyTried = asked.isDryRun || isDryRun(options.dryRun, "DeleteOptions");
  const removed = removePod({ pod, graceS, isDryRun: isOnlyTried }, world);
  return { status: 200, body: { kind: resource.kind, apiVersion: resource.apiVersion, ...removed } };
}

export function deleteOptions(value: unknown): DeleteOptions {
  const options = DeleteOptions.safeParse(value);
  if (options.success) return options.data;
  throw new ApiRefusal(400, 'DeleteOptions in version "v1" cannot be handled as a DeleteOptions');
}

function graceIn(query: URLSearchParams): number | undefined {
  const text = query.get("gracePeriodSeconds");
  if (text === null) return undefined;
  if (!/^\d{1,9}$/.test(text)) throw new ApiRefusal(400, `strconv.ParseInt: parsing "${text}": invalid syntax`);
  return Number(text);
}
