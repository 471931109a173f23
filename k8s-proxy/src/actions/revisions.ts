// The revisions of a Deployment, which it keeps as ReplicaSets: each with the whole template that it was.
import * as z from "zod";
import { fail } from "../failure.ts";
import { readList } from "../kubernetes/lists.ts";
import { ok } from "../result.ts";
import { CHANGE_CAUSE } from "./egress.ts";
import { Metadata } from "./metadata.ts";
import { appsPath } from "./paths.ts";
import { Template } from "./workload.ts";

import type { Failure } from "../failure.ts";
import type { Result } from "../result.ts";
import type { Acting } from "./action.ts";
import type { Workload } from "./workload.ts";

const REVISION = "deployment.kubernetes.io/revision";
/** What its controller adds to tell the pods of one ReplicaSet from those of another; no part of what was asked for. */
const HASH_LABEL = "pod-template-hash";
/** 5,000 ReplicaSets of one namespace. */
const MAX_PAGES = 10;

const ReplicaSet = z.object({ metadata: Metadata, spec: z.object({ template: Template }) });

export interface Revision {
  readonly number: number;
  readonly template: Template;
  readonly changeCause: string | null;
}

/** The newest first. */
export async function readRevisions(
  { namespace, metadata }: Workload,
  acting: Acting,
): Promise<Result<readonly Revision[], Failure>> {
  const listing = { path: appsPath(namespace, "replicasets"), item: ReplicaSet, what: "replicasets" };
  const read = await readList(listing, MAX_PAGES, acting);
  if (!read.ok) return read;
  // A revision that was not read would make another one the one before.
  if (!read.value.isComplete)
    return fail("too_much", `Namespace ${namespace} has more ReplicaSets than can be looked at`);
  const own = read.value.items.filter((one) =>
    one.metadata.ownerReferences.some(({ uid, controller }) => uid === metadata.uid && controller === true),
  );
  return ok(own.map(toRevision).toSorted((one, other) => other.number - one.number));
}

export function currentRevision({ metadata }: Workload, revisions: readonly Revision[]): number {
  return Number(metadata.annotations[REVISION] ?? revisions[0]?.number ?? 0);
}

function toRevision({ metadata, spec }: z.output<typeof ReplicaSet>): Revision {
  const { [REVISION]: number = "0", [CHANGE_CAUSE]: changeCause = null } = metadata.annotations;
  return { number: Number(number), template: withoutHash(spec.template), changeCause };
}

const Labelled = z.looseObject({ labels: z.record(z.string(), z.string()) });

function withoutHash(template: Template): Template {
  const metadata = Labelled.safeParse(template.metadata).data;
  if (!metadata) return template;
  const { [HASH_LABEL]: _, ...labels } = metadata.labels;
  return { ...template, metadata: { ...metadata, labels } };
}
